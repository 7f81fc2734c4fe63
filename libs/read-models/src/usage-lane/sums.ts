/** Figures of usage: meter lines, usage events by their first line, quantity (10⁻⁹ units) and credits (nano-credits). */
export interface Sums {
  events: number;
  firstEvents: number;
  quantityNanos: bigint;
  creditsNanos: bigint;
}

export const noSums = (): Sums => ({ events: 0, firstEvents: 0, quantityNanos: 0n, creditsNanos: 0n });

/** What an answer shows as `events`: usage events, or meter lines where meters are told apart. */
export const eventsOf = ({ events, firstEvents }: Readonly<Sums>, isByMeter: boolean): number =>
  isByMeter ? events : firstEvents;

export function addSums(to: Sums, more: Readonly<Sums>): void {
  to.events += more.events;
  to.firstEvents += more.firstEvents;
  to.quantityNanos += more.quantityNanos;
  to.creditsNanos += more.creditsNanos;
}

export function subtractSums(from: Sums, less: Readonly<Sums>): void {
  from.events -= less.events;
  from.firstEvents -= less.firstEvents;
  from.quantityNanos -= less.quantityNanos;
  from.creditsNanos -= less.creditsNanos;
}

/** Whether nobody would miss it. */
export const isNothing = ({ events, quantityNanos, creditsNanos }: Readonly<Sums>): boolean =>
  events === 0 && quantityNanos === 0n && creditsNanos === 0n;
