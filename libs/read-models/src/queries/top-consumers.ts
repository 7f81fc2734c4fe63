import { divideHalfEven, formatCredits, formatQuantity, formatTime } from '@app/metering';
import { addSums, eventsOf, noSums, type Sums } from '../usage-lane/sums.js';
import type { AsOf, PageRequest, TopAnswer, TopItem } from './answers.js';
import type { Consumption, Range } from './consumption.js';
import { checkLimit, pageOf, readCursor, wholeNumber } from './cursor.js';

export interface TopRequest extends PageRequest, Range {
  /** A dimension, or `meter`. */
  readonly by: string;
  readonly order: 'credits' | 'quantity';
  /** Where it is given, quantities stand in the answer. */
  readonly meter?: string | undefined;
}

/** The period of equal length right before. */
export const previousOf = ({ fromMs, toMs }: Range): Range => ({ fromMs: fromMs - (toMs - fromMs), toMs: fromMs });

type Ranked = readonly [value: string | null, sums: Sums];

/** Consumers by what they used, largest first, equal ones by name. @throws {UnknownCursor} */
export function topAnswer(
  request: TopRequest,
  { current, previous }: { readonly current: Consumption; readonly previous: Consumption },
  asOf: AsOf,
): TopAnswer {
  const { limit, after, by, order, fromMs, toMs } = request;
  checkLimit(limit);
  const skipped = after === undefined ? 0 : Number(wholeNumber(readCursor(after, 1)[0]));
  const total = noSums();
  for (const sums of current.values()) addSums(total, sums);
  const figure = ([, sums]: Ranked): bigint => (order === 'credits' ? sums.creditsNanos : sums.quantityNanos);
  const ranked = [...current].toSorted(
    (one, other) => compare(figure(other), figure(one)) || compareNames(one[0], other[0]),
  );
  const rows = ranked.slice(skipped, skipped + limit + 1).map(([value, sums], index) => ({
    rank: skipped + index + 1,
    item: itemOf(request, { value, sums, total, previous: previous.get(value)?.creditsNanos ?? 0n }),
  }));
  const page = pageOf(rows, limit, ({ rank }) => [rank]);
  return {
    by,
    from: formatTime(fromMs),
    to: formatTime(toMs),
    asOf,
    total: { credits: formatCredits(total.creditsNanos), events: eventsOf(total, isByMeter(request)) },
    next: page.next,
    items: page.items.map(({ rank, item }) => ({ rank, ...item })),
  };
}

const isByMeter = ({ by, meter }: TopRequest): boolean => by === 'meter' || meter !== undefined;

function itemOf(
  request: TopRequest,
  found: { readonly value: string | null; readonly sums: Sums; readonly total: Sums; readonly previous: bigint },
): Omit<TopItem, 'rank'> {
  const { value, sums, total, previous } = found;
  return {
    value,
    credits: formatCredits(sums.creditsNanos),
    events: eventsOf(sums, isByMeter(request)),
    ...(isByMeter(request) ? { quantity: formatQuantity(sums.quantityNanos) } : {}),
    share: ratio(sums.creditsNanos, total.creditsNanos) ?? '0.0000',
    previous: { credits: formatCredits(previous) },
    change: ratio(sums.creditsNanos - previous, previous),
  };
}

/** A quotient with four places, rounded half to even; null where there is nothing to divide by. */
export function ratio(numerator: bigint, denominator: bigint): string | null {
  if (denominator === 0n) return null;
  const sign = denominator < 0n ? -1n : 1n;
  const scaled = divideHalfEven(numerator * sign * 10_000n, denominator * sign);
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(5, '0');
  return `${scaled < 0n ? '-' : ''}${digits.slice(0, -4)}.${digits.slice(-4)}`;
}

const compare = (one: bigint, other: bigint): number => (one < other ? -1 : one > other ? 1 : 0);

/** Code units order names well enough; usage without a value comes last. */
function compareNames(one: string | null, other: string | null): number {
  if (one === other) return 0;
  if (one === null) return 1;
  if (other === null) return -1;
  return one < other ? -1 : 1;
}
