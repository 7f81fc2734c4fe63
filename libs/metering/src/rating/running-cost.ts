import type { Price, ScaledPrice } from './price.js';

/** Below this every integer is exact as a number. */
const EXACT_MAX = Number.MAX_SAFE_INTEGER;

/**
 * C(Q) as Q grows, in plain numbers: the same figures as `costNanos`, to the last nano-credit, without a bigint a step.
 * What is kept is what Q leaves over (the remainder of the division, or of the started pack); a step that does not stay
 * exact, or leaves the tier, is refused and has to be taken by `costNanos`.
 */
export interface RunningCost {
  /** C(Q + units) − C(Q) in nano-credits for units ≥ 0, or -1 when that cannot be said here. Changes nothing. */
  ask(units: number): number;
  /** Takes the step last asked for. */
  take(): void;
}

/** A running cost from Q = `units` on; undefined where the price is not one that can run there. */
export function runningCost(price: Price, units: bigint, denominator: bigint): RunningCost | undefined {
  const scaled = price.scaledTo(denominator);
  return scaled.pack === undefined ? linearCost(scaled, units) : packCost(scaled.pack, units);
}

function linearCost({ pieces, divisor }: ScaledPrice, units: bigint): LinearCost | undefined {
  const piece = pieces.find(({ upTo }) => upTo === undefined || units <= upTo);
  // Nothing is charged at Q = 0, whatever the flat fee of the first tier is.
  if (piece === undefined || (units === 0n && piece.offset !== 0n)) return undefined;
  const room = piece.upTo === undefined ? EXACT_MAX : clipped(piece.upTo - units);
  if (divisor > EXACT_MAX || piece.multiplier > EXACT_MAX || piece.multiplier < 0n) return undefined;
  const numerator = piece.offset + units * piece.multiplier;
  if (numerator < 0n) return undefined;
  const whole = numerator / divisor;
  const at = { rest: Number(numerator - whole * divisor), isOdd: whole % 2n === 1n, room };
  return new LinearCost(Number(piece.multiplier), Number(divisor), at);
}

const clipped = (value: bigint): number => (value > EXACT_MAX ? EXACT_MAX : Number(value));

/** (offset + Q × multiplier) / divisor, rounded half to even: `rest` is what the division leaves. */
class LinearCost implements RunningCost {
  #rest: number;
  #isOdd: boolean;
  #room: number;
  #roundedUp: number;
  #nextRest = 0;
  #nextIsOdd = false;
  #nextRoundedUp = 0;
  #asked = 0;

  constructor(
    private readonly multiplier: number,
    private readonly divisor: number,
    at: { readonly rest: number; readonly isOdd: boolean; readonly room: number },
  ) {
    this.#rest = at.rest;
    this.#isOdd = at.isOdd;
    this.#room = at.room;
    this.#roundedUp = this.#isRoundedUp(at.rest, at.isOdd) ? 1 : 0;
  }

  ask(units: number): number {
    const numerator = this.#rest + units * this.multiplier;
    if (units > this.#room || !(numerator <= EXACT_MAX)) return -1;
    // Below 2^53 a quotient is never rounded over a whole number: it differs from it by 1 / divisor at least.
    const whole = Math.floor(numerator / this.divisor);
    const rest = numerator - whole * this.divisor;
    const isOdd = whole % 2 === 1 ? !this.#isOdd : this.#isOdd;
    const roundedUp = this.#isRoundedUp(rest, isOdd) ? 1 : 0;
    this.#asked = units;
    this.#nextRest = rest;
    this.#nextIsOdd = isOdd;
    this.#nextRoundedUp = roundedUp;
    return whole + roundedUp - this.#roundedUp;
  }

  take(): void {
    this.#rest = this.#nextRest;
    this.#isOdd = this.#nextIsOdd;
    this.#roundedUp = this.#nextRoundedUp;
    if (this.#room !== EXACT_MAX) this.#room -= this.#asked;
  }

  #isRoundedUp(rest: number, isOdd: boolean): boolean {
    const other = this.divisor - rest;
    return rest > other || (rest === other && isOdd);
  }
}

function packCost(pack: NonNullable<ScaledPrice['pack']>, units: bigint): PackCost | undefined {
  const { size, unitsPerSize, creditsNanos } = pack;
  if (size > EXACT_MAX || unitsPerSize > EXACT_MAX || creditsNanos > EXACT_MAX) return undefined;
  const left = (size - ((units * unitsPerSize) % size)) % size;
  return new PackCost({ size: Number(size), perUnit: Number(unitsPerSize), nanos: Number(creditsNanos) }, Number(left));
}

/** Started packs: `left` is what the started one still covers. */
class PackCost implements RunningCost {
  #left: number;
  #nextLeft = 0;

  constructor(
    private readonly pack: { readonly size: number; readonly perUnit: number; readonly nanos: number },
    left: number,
  ) {
    this.#left = left;
  }

  ask(units: number): number {
    const { size, perUnit, nanos } = this.pack;
    const beyond = units * perUnit - this.#left;
    if (!(beyond <= EXACT_MAX - size)) return -1;
    const packs = beyond <= 0 ? 0 : Math.ceil(beyond / size);
    this.#nextLeft = packs * size - beyond;
    const cost = packs * nanos;
    return cost <= EXACT_MAX ? cost : -1;
  }

  take(): void {
    this.#left = this.#nextLeft;
  }
}
