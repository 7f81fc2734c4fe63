import { SMALL_MAX } from '@app/metering';
import { EXPONENT_MAX, POWERS } from './column-form.js';
import { bestShift, newBitLengths, RICE_MAX } from './rice-coding.js';

/** Smaller numbers take one byte as they are. */
const ONE_BYTE_MAX = 0x7f;
/** Packing fewer numbers saves less than a few bytes and is not worth looking for. */
const PACKED_MIN = 6;

/** Numbers as they are packed: divided by what they share, signs folded in. */
export interface PackedNumbers {
  readonly numbers: Uint32Array;
  readonly count: number;
  readonly shift: number;
}

/**
 * The numbers of one column on their way into bytes, and what decides its form: its least and its largest number, the
 * power of ten that all of them share, and whether they are shorter packed. Its room is used for one column after the
 * other.
 */
export class ColumnScratch {
  values = new Float64Array(1_024);
  length = 0;
  least = 0;
  largest = 0;
  exponent = 0;
  /** What the column takes with its first byte; when it is packed, about. */
  bytes = 0;
  /** Set where the numbers are shorter in bits than in bytes. */
  packed: PackedNumbers | undefined;
  #folded = new Uint32Array(1_024);
  readonly #lengths = newBitLengths();

  /** Room for so many numbers, for the caller to fill before `measure`. What was in it is gone. */
  begin(length: number): Float64Array {
    if (length > this.values.length) this.values = new Float64Array(2 * length);
    this.length = length;
    return this.values;
  }

  /** Takes a list as the column's numbers. @throws {RangeError} for what is no integer */
  fill(from: readonly number[]): void {
    const values = this.begin(from.length);
    for (let index = 0; index < from.length; index += 1) values[index] = from[index] ?? 0;
    this.measure();
  }

  /** To be asked when the numbers are there. @throws {RangeError} for what is no integer */
  measure(): void {
    const { values, length } = this;
    let least = length > 0 ? (values[0] ?? 0) : 0;
    let largest = least;
    for (let index = 0; index < length; index += 1) {
      const value = values[index] ?? 0;
      if (!Number.isInteger(value)) throw new RangeError('a column takes integers');
      if (value < least) least = value;
      else if (value > largest) largest = value;
    }
    this.least = least;
    this.largest = largest;
    const isWorthIt = least !== largest && (largest > ONE_BYTE_MAX || least < -ONE_BYTE_MAX);
    this.exponent = isWorthIt && this.isSmall ? this.#sharedExponent() : 0;
    this.packed = undefined;
    if (this.isConstant) this.bytes = 1 + varintBytes(Math.abs(least) * 2);
    else if (!this.isSmall || length < PACKED_MIN || !this.#pack()) this.bytes = this.#bytesOfVarints();
  }

  get isConstant(): boolean {
    return this.least === this.largest;
  }

  get isSmall(): boolean {
    return this.least >= -SMALL_MAX && this.largest <= SMALL_MAX;
  }

  #bytesOfVarints(): number {
    const { values, length, least } = this;
    const factor = (least < 0 ? 2 : 1) / powerOf(this.exponent);
    let size = 1;
    for (let index = 0; index < length; index += 1) size += varintBytes(Math.abs(values[index] ?? 0) * factor);
    return size;
  }

  /** Whether the numbers are shorter packed: then they are, and how long they are is known. */
  #pack(): boolean {
    const { values, length, least, largest } = this;
    const isSigned = least < 0;
    const power = powerOf(this.exponent);
    if (Math.max(largest, -least) * (isSigned ? 2 : 1) > RICE_MAX * power) return false;
    if (length > this.#folded.length) this.#folded = new Uint32Array(2 * length);
    const numbers = this.#folded;
    const lengths = this.#lengths.fill(0);
    let sum = 0;
    let varints = 0;
    for (let index = 0; index < length; index += 1) {
      const value = (values[index] ?? 0) / power;
      const number = isSigned ? (value < 0 ? -value * 2 - 1 : value * 2) : value;
      numbers[index] = number;
      sum += number;
      varints += varintBytes(number);
      const bits = 32 - Math.clz32(number);
      lengths[bits] = (lengths[bits] ?? 0) + 1;
    }
    const { shift, bytes } = bestShift(lengths, length, sum / length);
    if (bytes >= varints) return false;
    this.packed = { numbers, count: length, shift };
    this.bytes = 2 + bytes;
    return true;
  }

  #sharedExponent(): number {
    const { values, length } = this;
    let exponent = EXPONENT_MAX;
    for (let index = 0; index < length; index += 1) {
      // Quotients of small numbers are never rounded to a whole one: they differ from it by more than half a step.
      while (exponent > 0 && !Number.isInteger((values[index] ?? 0) / powerOf(exponent))) exponent -= 1;
      if (exponent === 0) return 0;
    }
    return exponent;
  }
}

export const powerOf = (exponent: number): number => POWERS[exponent] ?? 1;

function varintBytes(value: number): number {
  if (value <= 0x3fff) return value <= ONE_BYTE_MAX ? 1 : 2;
  if (value <= 0xf_ff_ff_ff) return value <= 0x1f_ff_ff ? 3 : 4;
  let size = 5;
  for (let rest = value / 0x8_00_00_00_00; rest >= 1; rest /= 128) size += 1;
  return size;
}
