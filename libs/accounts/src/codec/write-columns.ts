import { SMALL_MAX, type AmountColumn } from '@app/metering';
import type { ByteWriter } from './byte-writer.js';
import { CONSTANT, EXPONENT_SHIFT, LARGE, PACKED, PREDICTED, SIGNED, VARINTS } from './column-form.js';
import { ColumnScratch, powerOf } from './column-scratch.js';

// Writing never waits, so one column and its residues serve all of them.
const column = new ColumnScratch();
const residues = new ColumnScratch();

function writeShaped(writer: ByteWriter, of: ColumnScratch): void {
  const { values, length, least, exponent, packed } = of;
  if (of.isConstant) {
    writeConstant(writer, least, length);
    return;
  }
  const isSigned = least < 0;
  const head = VARINTS | (isSigned ? SIGNED : 0) | (exponent << EXPONENT_SHIFT);
  writer.byte(packed === undefined ? head : head | PACKED);
  if (packed !== undefined) writer.rice(packed);
  else if (isSigned) writer.zigzags(values, length, powerOf(exponent));
  else writer.varints(values, length, powerOf(exponent));
}

/** A column of `count` times the same small integer. */
export function writeConstant(writer: ByteWriter, value: number, count: number): void {
  if (count === 0) return;
  writer.byte(CONSTANT);
  writer.zigzag(value);
}

function writeLarge(writer: ByteWriter, values: readonly bigint[]): void {
  writer.byte(LARGE);
  for (const value of values) writer.bigint(value);
}

/** The column that was measured last. @throws {RangeError} where a number is not exact */
function writeMeasured(writer: ByteWriter): void {
  if (column.isSmall) return writeShaped(writer, column);
  const values = column.values.subarray(0, column.length);
  if (!values.every(Number.isSafeInteger)) throw new RangeError('a column takes safe integers');
  writeLarge(writer, Array.from(values, BigInt));
}

/** Safe integers. @throws {RangeError} for anything else */
export function writeIntegers(writer: ByteWriter, values: readonly number[]): void {
  column.fill(values);
  writeMeasured(writer);
}

/** A column of one property of each row. */
export function writeProperty<T>(writer: ByteWriter, rows: readonly T[], of: (row: T) => number): void {
  const values = column.begin(rows.length);
  rows.forEach((row, index) => (values[index] = of(row)));
  column.measure();
  writeMeasured(writer);
}

/** What the numbers of one column are more than those of another that is as long. */
export function writeDifferences(writer: ByteWriter, from: readonly number[], less: readonly number[]): void {
  const values = column.begin(from.length);
  for (let index = 0; index < from.length; index += 1) values[index] = (from[index] ?? 0) - (less[index] ?? 0);
  column.measure();
  writeMeasured(writer);
}

/** Integers of any size. */
export function writeBigints(writer: ByteWriter, values: readonly bigint[]): void {
  const numbers = column.begin(values.length);
  // Rounding brings no larger value into the range of the small ones.
  values.forEach((value, index) => (numbers[index] = Number(value)));
  column.measure();
  if (column.isSmall) writeShaped(writer, column);
  else writeLarge(writer, values);
}

/** As `writeBigints`. */
export function writeColumn(writer: ByteWriter, amounts: AmountColumn): void {
  const { small } = amounts;
  if (small === null) writeLarge(writer, amounts.toBigints());
  else writeIntegers(writer, small);
}

/** What a price in front of a column takes: its form and a double. */
const PRICE_BYTES = 9;

/**
 * What one rate charged: a price per unit makes credits a multiple of the quantity but for rounding, so where it is
 * shorter the column is the price as a double and what each line differs from it (exact: both sides round alike).
 */
export function writeCredits(writer: ByteWriter, credits: AmountColumn, quantities: AmountColumn): void {
  const amounts = credits.small;
  const bases = quantities.small;
  if (amounts === null || bases === null || amounts.length < 3) {
    writeColumn(writer, credits);
    return;
  }
  column.fill(amounts);
  if (!column.isConstant) {
    const price = priceOf(column.values, bases);
    const values = residues.begin(amounts.length);
    for (let index = 0; index < amounts.length; index += 1)
      values[index] = (column.values[index] ?? 0) - Math.round((bases[index] ?? 0) * price);
    residues.measure();
    if (residues.isSmall && residues.bytes + PRICE_BYTES < column.bytes) {
      writer.byte(PREDICTED);
      writer.float64(price);
      writeShaped(writer, residues);
      return;
    }
  }
  writeShaped(writer, column);
}

/** The price that the line of the largest quantity paid: rounding weighs least there. */
function priceOf(amounts: Float64Array, bases: readonly number[]): number {
  let largest = 0;
  let price = 0;
  for (let index = 0; index < bases.length; index += 1) {
    const base = bases[index] ?? 0;
    if (Math.abs(base) <= largest) continue;
    largest = Math.abs(base);
    price = (amounts[index] ?? 0) / base;
  }
  return price;
}

/** Integers that grow slowly: the first, then the steps between them. */
export function writeSteps(writer: ByteWriter, values: readonly number[]): void {
  const first = values[0];
  if (first === undefined) return;
  const steps = column.begin(values.length - 1);
  let previous = first;
  let isSmallEnough = Math.abs(first) <= SMALL_MAX / 2;
  for (let index = 1; index < values.length; index += 1) {
    const value = values[index] ?? 0;
    if (Math.abs(value) > SMALL_MAX / 2) isSmallEnough = false;
    steps[index - 1] = value - previous;
    previous = value;
  }
  if (!isSmallEnough) return writeBigintSteps(writer, values.map(BigInt));
  writer.integer(first);
  column.measure();
  writeMeasured(writer);
}

/** As `writeSteps`, of any size. */
export function writeColumnSteps(writer: ByteWriter, amounts: AmountColumn): void {
  if (amounts.small === null) writeBigintSteps(writer, amounts.toBigints());
  else writeSteps(writer, amounts.small);
}

function writeBigintSteps(writer: ByteWriter, values: readonly bigint[]): void {
  if (values.length === 0) return;
  writer.bigint(values[0] ?? 0n);
  const steps: bigint[] = [];
  for (let index = 1; index < values.length; index++) steps.push((values[index] ?? 0n) - (values[index - 1] ?? 0n));
  writeBigints(writer, steps);
}

/** What each number lies behind the next new one: numbers that are met in their order, each new one by one, are zeros. */
export function writeReferences(writer: ByteWriter, numbers: readonly number[]): void {
  const behind = column.begin(numbers.length);
  let next = 0;
  for (let index = 0; index < numbers.length; index += 1) {
    const number = numbers[index] ?? 0;
    behind[index] = next - number;
    if (number >= next) next = number + 1;
  }
  column.measure();
  writeMeasured(writer);
}
