import { AmountColumn, SMALL_MAX } from '@app/metering';
import type { ByteWriter } from './byte-writer.js';
import { CONSTANT, EXPONENT_MAX, EXPONENT_SHIFT, LARGE, POWERS, PREDICTED, SIGNED, VARINTS } from './column-form.js';

/** Smaller numbers take one byte as they are. */
const ONE_BYTE_MAX = 0x7f;

const powerOf = (exponent: number): number => POWERS[exponent] ?? 1;

/** What decides the form of a column: its least and its largest value, and the power of ten that all of them share. */
interface Shape {
  readonly least: number;
  readonly largest: number;
  readonly exponent: number;
}

/** @throws {RangeError} for what is no integer */
function shapeOf(values: readonly number[]): Shape {
  let least = values[0] ?? 0;
  let largest = least;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? 0;
    if (!Number.isInteger(value)) throw new RangeError('a column takes integers');
    if (value < least) least = value;
    else if (value > largest) largest = value;
  }
  const isWorthIt = least !== largest && (largest > ONE_BYTE_MAX || least < -ONE_BYTE_MAX);
  return { least, largest, exponent: isWorthIt ? sharedExponent(values) : 0 };
}

const isSmall = ({ least, largest }: Shape): boolean => least >= -SMALL_MAX && largest <= SMALL_MAX;

const isPlain = (value: number): boolean => Number.isInteger(value) && value >= -SMALL_MAX && value <= SMALL_MAX;

/** Most columns of a small append: none looks for another form then. */
function isConstant(values: readonly number[]): boolean {
  for (let index = 1; index < values.length; index += 1) if (values[index] !== values[0]) return false;
  return true;
}

function sharedExponent(values: readonly number[]): number {
  let exponent = EXPONENT_MAX;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? 0;
    while (exponent > 0 && value % powerOf(exponent) !== 0) exponent -= 1;
    if (exponent === 0) return 0;
  }
  return exponent;
}

function varintBytes(value: number): number {
  if (value <= 0x3fff) return value <= ONE_BYTE_MAX ? 1 : 2;
  if (value <= 0xf_ff_ff_ff) return value <= 0x1f_ff_ff ? 3 : 4;
  let size = 5;
  for (let rest = value / 0x8_00_00_00_00; rest >= 1; rest /= 128) size += 1;
  return size;
}

function bytesOf(values: readonly number[], { least, largest, exponent }: Shape): number {
  if (least === largest) return 1 + varintBytes(Math.abs(least) * 2);
  const factor = (least < 0 ? 2 : 1) / powerOf(exponent);
  let size = 1;
  for (let index = 0; index < values.length; index += 1) size += varintBytes(Math.abs(values[index] ?? 0) * factor);
  return size;
}

function writeShaped(writer: ByteWriter, values: readonly number[], { least, largest, exponent }: Shape): void {
  if (least === largest) {
    writeConstant(writer, least, values.length);
    return;
  }
  const isSigned = least < 0;
  writer.byte(VARINTS | (isSigned ? SIGNED : 0) | (exponent << EXPONENT_SHIFT));
  if (isSigned) writer.zigzags(values, powerOf(exponent));
  else writer.varints(values, powerOf(exponent));
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

/** Safe integers. @throws {RangeError} for anything else */
export function writeIntegers(writer: ByteWriter, values: readonly number[]): void {
  const first = values[0];
  if (first === undefined) return;
  if (isPlain(first) && isConstant(values)) return writeConstant(writer, first, values.length);
  const shape = shapeOf(values);
  if (isSmall(shape)) writeShaped(writer, values, shape);
  else if (!values.every(Number.isSafeInteger)) throw new RangeError('a column takes safe integers');
  else writeLarge(writer, values.map(BigInt));
}

/** A column of one property of each row. */
export function writeProperty<T>(writer: ByteWriter, rows: readonly T[], of: (row: T) => number): void {
  writeIntegers(writer, rows.map(of));
}

/** Integers of any size. */
export function writeBigints(writer: ByteWriter, values: readonly bigint[]): void {
  const column = new AmountColumn();
  for (const value of values) column.push(value);
  writeColumn(writer, column);
}

/** As `writeBigints`. */
export function writeColumn(writer: ByteWriter, column: AmountColumn): void {
  const { small } = column;
  if (small === null) writeLarge(writer, column.toBigints());
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
  const shape = shapeOf(amounts);
  if (shape.least !== shape.largest) {
    const price = priceOf(amounts, bases);
    const residues: number[] = [];
    for (let index = 0; index < amounts.length; index += 1)
      residues.push((amounts[index] ?? 0) - Math.round((bases[index] ?? 0) * price));
    const residueShape = shapeOf(residues);
    if (isSmall(residueShape) && bytesOf(residues, residueShape) + PRICE_BYTES < bytesOf(amounts, shape)) {
      writer.byte(PREDICTED);
      writer.float64(price);
      writeShaped(writer, residues, residueShape);
      return;
    }
  }
  writeShaped(writer, amounts, shape);
}

/** The price that the line of the largest quantity paid: rounding weighs least there. */
function priceOf(amounts: readonly number[], bases: readonly number[]): number {
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
  if (values.length === 1 && isPlain(first)) return writer.integer(first);
  let previous = first;
  const steps: number[] = [];
  let isSmallEnough = Math.abs(previous) <= SMALL_MAX / 2;
  for (let index = 1; index < values.length; index += 1) {
    const value = values[index] ?? 0;
    if (Math.abs(value) > SMALL_MAX / 2) isSmallEnough = false;
    steps.push(value - previous);
    previous = value;
  }
  if (!isSmallEnough) return writeBigintSteps(writer, values.map(BigInt));
  writer.integer(first);
  writeIntegers(writer, steps);
}

/** As `writeSteps`, of any size. */
export function writeColumnSteps(writer: ByteWriter, column: AmountColumn): void {
  if (column.small === null) writeBigintSteps(writer, column.toBigints());
  else writeSteps(writer, column.small);
}

function writeBigintSteps(writer: ByteWriter, values: readonly bigint[]): void {
  if (values.length === 0) return;
  writer.bigint(values[0] ?? 0n);
  const steps: bigint[] = [];
  for (let index = 1; index < values.length; index++) steps.push((values[index] ?? 0n) - (values[index - 1] ?? 0n));
  writeBigints(writer, steps);
}
