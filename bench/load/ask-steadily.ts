import { setTimeout as sleep } from 'node:timers/promises';

/** One question that is on its way. */
export interface Asked {
  readonly kind: string;
  readonly answered: Promise<unknown>;
}

export interface Asking {
  readonly perSecond: number;
  /** Until it is over. */
  readonly under: { readonly isOver: boolean };
  /** Asks what is due; not waited for before the next is due. */
  readonly ask: (index: number) => readonly Asked[];
}

/** With so many on their way the next has to wait, and its time goes on: a service that is too slow shows it. */
const ON_THE_WAY_MAX = 500;
const TICK_MS = 1;

/** Milliseconds from when each question was due, not from when there was time to ask it, to its answer; by kind. */
export async function askSteadily({ perSecond, under, ask }: Asking): Promise<ReadonlyMap<string, number[]>> {
  const latencies = new Map<string, number[]>();
  const onTheWay = new Set<Promise<void>>();
  const startedMs = performance.now();
  const note = async ({ kind, answered }: Asked, dueMs: number): Promise<void> => {
    await answered;
    const ofKind = latencies.get(kind) ?? [];
    latencies.set(kind, ofKind);
    ofKind.push(performance.now() - dueMs);
  };
  for (let index = 0; !under.isOver; index += 1) {
    const dueMs = startedMs + (index * 1_000) / perSecond;
    while (performance.now() < dueMs) await sleep(TICK_MS);
    while (onTheWay.size >= ON_THE_WAY_MAX) await Promise.race(onTheWay);
    for (const asked of ask(index)) {
      const noted = note(asked, dueMs).finally(() => onTheWay.delete(noted));
      onTheWay.add(noted);
    }
  }
  await Promise.all(onTheWay);
  return latencies;
}
