import { AmountColumn, isSmall } from '@app/metering';
import { blankNumbers } from './blank-numbers.js';
import type { ByteReader } from './byte-reader.js';
import { CONSTANT, formOf, LARGE, PACKED, powerIn, PREDICTED, SIGNED, VARINTS } from './column-form.js';

function readShaped(reader: ByteReader, count: number, head: number): number[] {
  const form = formOf(head);
  if (form === CONSTANT) return repeat(reader.zigzag(), count);
  const power = powerIn(head);
  if (form !== VARINTS || power === undefined) throw reader.corrupt('a column has an unknown form');
  if ((head & PACKED) !== 0) return readPacked(reader, count, { isSigned: (head & SIGNED) !== 0, power });
  return (head & SIGNED) === 0 ? reader.varints(count, power) : reader.zigzags(count, power);
}

function readPacked(
  reader: ByteReader,
  count: number,
  { isSigned, power }: { readonly isSigned: boolean; readonly power: number },
): number[] {
  const values = reader.rice(count);
  if (!isSigned && power === 1) return values;
  for (let index = 0; index < count; index += 1) {
    const value = values[index] ?? 0;
    values[index] = (isSigned ? (value >>> 1) ^ -(value & 1) : value) * power;
  }
  return values;
}

function repeat(value: number, times: number): number[] {
  const values = blankNumbers(times);
  for (let index = 0; index < times; index += 1) values[index] = value;
  return values;
}

/** @throws {CorruptEvent} */
function checkSafe(reader: ByteReader, numbers: readonly number[]): void {
  for (let index = 0; index < numbers.length; index += 1)
    if (!Number.isSafeInteger(numbers[index])) throw reader.corrupt('a column holds a number that is too large');
}

/** @throws {CorruptEvent} */
export function readIntegers(reader: ByteReader, count: number): number[] {
  if (count === 0) return [];
  const head = reader.byte();
  if (formOf(head) !== LARGE) return readShaped(reader, count, head);
  const values = reader.blank(count);
  for (let index = 0; index < count; index++) values[index] = reader.integer();
  return values;
}

/** Integers of any size. @throws {CorruptEvent} */
export const readColumn = (reader: ByteReader, count: number): AmountColumn =>
  count === 0 ? new AmountColumn() : readColumnOf(reader, count, reader.byte());

function readColumnOf(reader: ByteReader, count: number, head: number): AmountColumn {
  if (formOf(head) === LARGE) {
    const column = new AmountColumn();
    for (let index = 0; index < count; index++) column.push(reader.bigint());
    return column;
  }
  const numbers = readShaped(reader, count, head);
  checkSafe(reader, numbers);
  return AmountColumn.ofNumbers(numbers);
}

/** As `readColumn`. @throws {CorruptEvent} */
export const readBigints = (reader: ByteReader, count: number): readonly bigint[] =>
  readColumn(reader, count).toBigints();

/** The reverse of `writeCredits`. @throws {CorruptEvent} */
export function readCredits(reader: ByteReader, quantities: AmountColumn): AmountColumn {
  const count = quantities.length;
  if (count === 0) return new AmountColumn();
  const head = reader.byte();
  if (formOf(head) !== PREDICTED) return readColumnOf(reader, count, head);
  const price = reader.float64();
  const credits = readShaped(reader, count, reader.byte());
  const bases = quantities.small ?? quantities.toBigints().map(Number);
  for (let index = 0; index < count; index++)
    credits[index] = (credits[index] ?? 0) + Math.round((bases[index] ?? 0) * price);
  checkSafe(reader, credits);
  return AmountColumn.ofNumbers(credits);
}

/** @throws {CorruptEvent} */
export function readSteps(reader: ByteReader, count: number): number[] {
  if (count === 0) return [];
  const first = reader.integer();
  if (count === 1) return [first];
  const head = reader.byte();
  if (formOf(head) === LARGE) return readLargeSteps(reader, count, first);
  if (formOf(head) === CONSTANT) return readEvenSteps(reader, count, first);
  const steps = readShaped(reader, count - 1, head);
  const values = repeat(first, count);
  for (let index = 1; index < count; index += 1) values[index] = (values[index - 1] ?? 0) + (steps[index - 1] ?? 0);
  return values;
}

function readEvenSteps(reader: ByteReader, count: number, first: number): number[] {
  const step = reader.zigzag();
  const values = blankNumbers(count);
  for (let index = 0; index < count; index += 1) values[index] = first + step * index;
  return values;
}

function readLargeSteps(reader: ByteReader, count: number, first: number): number[] {
  const values = [first];
  let value = BigInt(first);
  for (let index = 1; index < count; index++) {
    value += reader.bigint();
    values.push(Number(value));
  }
  checkSafe(reader, values);
  return values;
}

/** Integers of any size that grow slowly. @throws {CorruptEvent} */
export function readColumnSteps(reader: ByteReader, count: number): AmountColumn {
  if (count === 0) return new AmountColumn();
  const first = reader.bigint();
  const steps = readColumn(reader, count - 1);
  return smallSums(first, steps) ?? wideSums(first, steps);
}

/** Plain numbers from a first one on; undefined where they are too large to be kept as such. */
function smallSums(first: bigint, { small: steps }: AmountColumn): AmountColumn | undefined {
  let value = Number(first);
  if (steps === null || !isSmall(value)) return undefined;
  const values = blankNumbers(steps.length + 1);
  values[0] = value;
  for (let index = 0; index < steps.length; index += 1) {
    // Two small numbers add up exactly.
    value += steps[index] ?? 0;
    if (!isSmall(value)) return undefined;
    values[index + 1] = value;
  }
  return AmountColumn.ofNumbers(values);
}

function wideSums(first: bigint, steps: AmountColumn): AmountColumn {
  const column = new AmountColumn();
  let value = first;
  column.push(value);
  for (const step of steps.toBigints()) {
    value += step;
    column.push(value);
  }
  return column;
}

/** The reverse of `writeReferences`. @throws {CorruptEvent} */
export function readReferences(reader: ByteReader, count: number): number[] {
  const numbers = readIntegers(reader, count);
  let next = 0;
  for (let index = 0; index < count; index += 1) {
    const number = next - (numbers[index] ?? 0);
    numbers[index] = number;
    if (number >= next) next = number + 1;
  }
  return numbers;
}
