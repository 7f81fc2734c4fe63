import { costNanos, type Price, type UseAmounts } from '@app/metering';

/** Cumulative quantity in the meter's own units, and C of it. */
export interface Reached {
  readonly units: bigint;
  readonly costNanos: bigint;
}

/** Under what price a column of lines was charged. */
interface Terms {
  readonly price: Price;
  readonly denominator: bigint;
}

/** Below this, products are exact, and so are their differences with what is left over. */
const PRODUCT_MAX = 2 ** 52;

/**
 * Whether every charge of a column is C(Q + q) − C(Q), from where the column begins; answers where it ends, or undefined
 * where it cannot say so: then the general rule has to find out. Quantities and credits below zero are left to it.
 *
 * Nothing is divided and no cost is computed on the way. C(Q) is the whole number nearest to a fraction n(Q) / d, half
 * to even; so what is left over, n(Q) − d × (C before + charges so far), is at most half of d, and it moves by
 * multiplier × q − d × charge: a way of its own, beside the one by which the fold charges.
 */
export function reachedBy(from: Reached, { quantities, credits }: UseAmounts, terms: Terms): Reached | undefined {
  const [q, c] = [quantities.small, credits.small];
  if (q === null || c === null) return undefined;
  const { price, denominator } = terms;
  let reached = from;
  for (let line = 0; line < q.length;) {
    const run = runOf(reached, { q, c, line }, terms);
    reached = { units: reached.units + BigInt(run.units), costNanos: reached.costNanos + BigInt(run.nanos) };
    line += run.lines;
    if (line === q.length) break;
    // Another tier begins, or numbers are not enough: this one line by the general rule.
    const units = reached.units + BigInt(q[line] ?? 0);
    if ((q[line] ?? 0) < 0 || (c[line] ?? 0) < 0) return undefined;
    const cost = costNanos(price, units, denominator);
    if (cost - reached.costNanos !== BigInt(c[line] ?? 0)) return undefined;
    reached = { units, costNanos: cost };
    line += 1;
  }
  return reached;
}

/** Lines from one on, of one column. */
interface Column {
  readonly q: readonly number[];
  readonly c: readonly number[];
  readonly line: number;
}

/** How many lines from there on were charged rightly, and what they add. */
interface Run {
  readonly lines: number;
  readonly units: number;
  readonly nanos: number;
}

const NOTHING: Run = { lines: 0, units: 0, nanos: 0 };

function runOf(from: Reached, column: Column, { price, denominator }: Terms): Run {
  const scaled = price.scaledTo(denominator);
  if (scaled.pack !== undefined) {
    const { size, unitsPerSize, creditsNanos } = scaled.pack;
    // C is a whole number of packs, each at this price.
    if (creditsNanos === 0n) return NOTHING;
    const left = (from.costNanos / creditsNanos) * size - from.units * unitsPerSize;
    return packRun({ left, size, multiplier: unitsPerSize, packNanos: creditsNanos }, column);
  }
  const piece = scaled.pieces.find(({ upTo }) => upTo === undefined || from.units <= upTo);
  // Nothing is charged at Q = 0, whatever the flat fee of the first tier is.
  if (piece === undefined || (from.units === 0n && piece.offset !== 0n)) return NOTHING;
  const { divisor } = scaled;
  const left = piece.offset + from.units * piece.multiplier - from.costNanos * divisor;
  const room = piece.upTo === undefined ? undefined : piece.upTo - from.units;
  return linearRun({ left, divisor, multiplier: piece.multiplier, room, isOdd: from.costNanos % 2n === 1n }, column);
}

/** Whether this many times a quantity or charge stays exact. */
const isFactor = (factor: bigint): boolean => factor >= 0n && factor <= PRODUCT_MAX;

const clipped = (room: bigint | undefined): number =>
  room === undefined || room > Number.MAX_SAFE_INTEGER ? Number.MAX_SAFE_INTEGER : Number(room);

interface LinearPiece {
  readonly left: bigint;
  readonly divisor: bigint;
  readonly multiplier: bigint;
  /** How much Q may grow within the piece. */
  readonly room: bigint | undefined;
  /** Whether C is odd where the column begins. */
  readonly isOdd: boolean;
}

function linearRun(piece: LinearPiece, { q, c, line }: Column): Run {
  const [multiplier, divisor, room] = [Number(piece.multiplier), Number(piece.divisor), clipped(piece.room)];
  let left = Number(piece.left);
  if (!isFactor(piece.multiplier) || !isFactor(piece.divisor) || Math.abs(left) > PRODUCT_MAX) return NOTHING;
  let units = 0;
  let nanos = 0;
  let at = line;
  for (; at < q.length; at += 1) {
    const quantity = q[at] ?? 0;
    const charge = c[at] ?? 0;
    const more = quantity * multiplier;
    const charged = charge * divisor;
    if (quantity < 0 || charge < 0 || more > PRODUCT_MAX || charged > PRODUCT_MAX) break;
    if (units + quantity > room || nanos + charge > Number.MAX_SAFE_INTEGER) break;
    const rest = left + more - charged;
    const twice = 2 * Math.abs(rest);
    if (twice > divisor || (twice === divisor && (nanos + charge) % 2 === (piece.isOdd ? 0 : 1))) break;
    left = rest;
    units += quantity;
    nanos += charge;
  }
  return { lines: at - line, units, nanos };
}

interface Packs {
  /** What the started pack still covers. */
  readonly left: bigint;
  readonly size: bigint;
  readonly multiplier: bigint;
  readonly packNanos: bigint;
}

function packRun(packs: Packs, { q, c, line }: Column): Run {
  const [size, multiplier, packNanos] = [Number(packs.size), Number(packs.multiplier), Number(packs.packNanos)];
  let left = Number(packs.left);
  if (![packs.size, packs.multiplier, packs.packNanos, packs.left].every(isFactor)) return NOTHING;
  let units = 0;
  let nanos = 0;
  let at = line;
  for (; at < q.length; at += 1) {
    const quantity = q[at] ?? 0;
    const charge = c[at] ?? 0;
    const started = charge === 0 ? 0 : Math.round(charge / packNanos);
    const more = started * size;
    const taken = quantity * multiplier;
    if (quantity < 0 || charge < 0 || more > PRODUCT_MAX || taken > PRODUCT_MAX) break;
    if (units + quantity > Number.MAX_SAFE_INTEGER || nanos + charge > Number.MAX_SAFE_INTEGER) break;
    const rest = left + more - taken;
    if (started * packNanos !== charge || rest < 0 || rest >= size) break;
    left = rest;
    units += quantity;
    nanos += charge;
  }
  return { lines: at - line, units, nanos };
}
