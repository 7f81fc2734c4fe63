import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';

/**
 * A column of integers begins with one byte: two bits of form, one for signs, five for a power of ten that all values
 * share. Its length is known from elsewhere; an empty column has no bytes.
 */
const CONSTANT = 0;
const VARINTS = 1;
const LARGE = 2;
const PREDICTED = 3;
const SIGNED = 4;
const EXPONENT_SHIFT = 3;

/** Zigzag doubles a value, so this is the largest magnitude whose doubled form is still exact. */
const SMALL_MAX = 2 ** 52 - 1;
const EXPONENT_MAX = 9;
const POWERS = Array.from({ length: EXPONENT_MAX + 1 }, (_, exponent) => 10 ** exponent);

const powerOf = (exponent: number): number => POWERS[exponent] ?? 1;
const isSmall = (value: number): boolean => value >= -SMALL_MAX && value <= SMALL_MAX;

function sharedExponent(values: readonly number[]): number {
  let exponent = EXPONENT_MAX;
  for (const value of values) {
    while (exponent > 0 && value % powerOf(exponent) !== 0) exponent--;
    if (exponent === 0) return 0;
  }
  return exponent;
}

function varintBytes(value: number): number {
  let size = 1;
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 128)) size++;
  return size;
}

interface Shape {
  readonly isConstant: boolean;
  readonly isSigned: boolean;
  readonly exponent: number;
}

function shapeOf(values: readonly number[]): Shape {
  const first = values[0] ?? 0;
  const isConstant = values.every((value) => value === first);
  const isSigned = values.some((value) => value < 0);
  return { isConstant, isSigned, exponent: isConstant ? 0 : sharedExponent(values) };
}

function bytesOf(values: readonly number[], shape: Shape): number {
  if (shape.isConstant) return 1 + varintBytes(Math.abs(values[0] ?? 0) * 2);
  const factor = (shape.isSigned ? 2 : 1) / powerOf(shape.exponent);
  let size = 1;
  for (const value of values) size += varintBytes(Math.abs(value) * factor);
  return size;
}

function writeShaped(writer: ByteWriter, values: readonly number[], shape: Shape): void {
  if (shape.isConstant) {
    writer.byte(CONSTANT);
    writer.zigzag(values[0] ?? 0);
    return;
  }
  const power = powerOf(shape.exponent);
  writer.byte(VARINTS | (shape.isSigned ? SIGNED : 0) | (shape.exponent << EXPONENT_SHIFT));
  if (shape.isSigned) for (const value of values) writer.zigzag(value / power);
  else for (const value of values) writer.varint(value / power);
}

function writeLarge(writer: ByteWriter, values: readonly bigint[]): void {
  writer.byte(LARGE);
  for (const value of values) writer.bigint(value);
}

/** Bigints as numbers where every one of them is exact with room for its sign, else null. */
function smallNumbers(values: readonly bigint[]): number[] | null {
  const numbers: number[] = [];
  for (const value of values) {
    // Rounding never brings a larger value into this range, so comparing numbers is enough, and cheaper.
    const small = Number(value);
    if (!isSmall(small)) return null;
    numbers.push(small);
  }
  return numbers;
}

/** Safe integers. @throws {RangeError} for anything else */
export function writeIntegers(writer: ByteWriter, values: readonly number[]): void {
  if (values.length === 0) return;
  if (!values.every((value) => Number.isSafeInteger(value))) throw new RangeError('a column takes safe integers');
  if (values.every(isSmall)) writeShaped(writer, values, shapeOf(values));
  else writeLarge(writer, values.map(BigInt));
}

/** Integers of any size. */
export function writeBigints(writer: ByteWriter, values: readonly bigint[]): void {
  if (values.length === 0) return;
  const numbers = smallNumbers(values);
  if (numbers === null) writeLarge(writer, values);
  else writeShaped(writer, numbers, shapeOf(numbers));
}

/**
 * What one rate charged: a price per unit makes credits a multiple of the quantity but for rounding, so where it is
 * shorter the column is the price as a double and what each line differs from it (exact: both sides round alike).
 */
export function writeCredits(writer: ByteWriter, credits: readonly bigint[], quantities: readonly bigint[]): void {
  const amounts = smallNumbers(credits);
  const bases = smallNumbers(quantities);
  if (amounts === null || bases === null || amounts.length < 3) {
    writeBigints(writer, credits);
    return;
  }
  const shape = shapeOf(amounts);
  if (shape.isConstant) {
    writeShaped(writer, amounts, shape);
    return;
  }
  const price = priceOf(amounts, bases);
  const residues = amounts.map((amount, index) => amount - Math.round((bases[index] ?? 0) * price));
  const residueShape = shapeOf(residues);
  if (residues.every(isSmall) && bytesOf(residues, residueShape) + 9 < bytesOf(amounts, shape)) {
    writer.byte(PREDICTED);
    writer.float64(price);
    writeShaped(writer, residues, residueShape);
  } else writeShaped(writer, amounts, shape);
}

/** The price that the line of the largest quantity paid: rounding weighs least there. */
function priceOf(amounts: readonly number[], bases: readonly number[]): number {
  let largest = 0;
  let price = 0;
  bases.forEach((base, index) => {
    if (Math.abs(base) <= largest) return;
    largest = Math.abs(base);
    price = (amounts[index] ?? 0) / base;
  });
  return price;
}

function readShaped(reader: ByteReader, count: number, head: number): number[] {
  const values: number[] = [];
  const form = head & 3;
  if (form === CONSTANT) {
    const value = reader.zigzag();
    for (let index = 0; index < count; index++) values.push(value);
    return values;
  }
  const power = POWERS[head >> EXPONENT_SHIFT];
  if (form !== VARINTS || power === undefined) throw reader.corrupt('a column has an unknown form');
  const isSigned = (head & SIGNED) !== 0;
  if (isSigned) for (let index = 0; index < count; index++) values.push(reader.zigzag() * power);
  else for (let index = 0; index < count; index++) values.push(reader.varint() * power);
  return values;
}

const isConstantHead = (head: number): boolean => (head & 3) === CONSTANT;

function toBigints(reader: ByteReader, numbers: readonly number[]): bigint[] {
  return numbers.map((value) => {
    if (!Number.isSafeInteger(value)) throw reader.corrupt('a column holds a number that is too large');
    return BigInt(value);
  });
}

/** @throws {CorruptEvent} */
export function readIntegers(reader: ByteReader, count: number): number[] {
  if (count === 0) return [];
  const head = reader.byte();
  if ((head & 3) !== LARGE) return readShaped(reader, count, head);
  const values: number[] = [];
  for (let index = 0; index < count; index++) values.push(reader.integer());
  return values;
}

/** @throws {CorruptEvent} */
export function readBigints(reader: ByteReader, count: number): bigint[] {
  if (count === 0) return [];
  return readBigintsOf(reader, count, reader.byte());
}

function readBigintsOf(reader: ByteReader, count: number, head: number): bigint[] {
  if (isConstantHead(head)) return Array.from<bigint>({ length: count }).fill(BigInt(reader.zigzag()));
  if ((head & 3) !== LARGE) return toBigints(reader, readShaped(reader, count, head));
  const values: bigint[] = [];
  for (let index = 0; index < count; index++) values.push(reader.bigint());
  return values;
}

/** The reverse of `writeCredits`. @throws {CorruptEvent} */
export function readCredits(reader: ByteReader, quantities: readonly bigint[]): bigint[] {
  const count = quantities.length;
  if (count === 0) return [];
  const head = reader.byte();
  if ((head & 3) !== PREDICTED) return readBigintsOf(reader, count, head);
  const price = reader.float64();
  const residues = readShaped(reader, count, reader.byte());
  return toBigints(
    reader,
    residues.map((residue, index) => residue + Math.round(Number(quantities[index] ?? 0n) * price)),
  );
}

/** Integers that grow slowly: the first, then the steps between them. */
export function writeSteps(writer: ByteWriter, values: readonly number[]): void {
  if (!values.every((value) => Math.abs(value) <= SMALL_MAX / 2)) {
    writeBigintSteps(writer, values.map(BigInt));
    return;
  }
  if (values.length === 0) return;
  writer.integer(values[0] ?? 0);
  const steps: number[] = [];
  for (let index = 1; index < values.length; index++) steps.push((values[index] ?? 0) - (values[index - 1] ?? 0));
  writeIntegers(writer, steps);
}

/** @throws {CorruptEvent} */
export function readSteps(reader: ByteReader, count: number): number[] {
  if (count === 0) return [];
  let value = reader.integer();
  const values = [value];
  if (count === 1) return values;
  const head = reader.byte();
  if ((head & 3) === LARGE) {
    for (let index = 1; index < count; index++) {
      value = Number(BigInt(value) + reader.bigint());
      if (!Number.isSafeInteger(value)) throw reader.corrupt('a column holds a number that is too large');
      values.push(value);
    }
    return values;
  }
  for (const step of readShaped(reader, count - 1, head)) {
    value += step;
    values.push(value);
  }
  return values;
}

/** As `writeSteps`, of any size. */
export function writeBigintSteps(writer: ByteWriter, values: readonly bigint[]): void {
  if (values.length === 0) return;
  writer.bigint(values[0] ?? 0n);
  const steps: bigint[] = [];
  for (let index = 1; index < values.length; index++) steps.push((values[index] ?? 0n) - (values[index - 1] ?? 0n));
  writeBigints(writer, steps);
}

/** @throws {CorruptEvent} */
export function readBigintSteps(reader: ByteReader, count: number): bigint[] {
  if (count === 0) return [];
  let value = reader.bigint();
  const values = [value];
  for (const step of readBigints(reader, count - 1)) {
    value += step;
    values.push(value);
  }
  return values;
}
