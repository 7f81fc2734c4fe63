import { CorruptReadModel } from '../errors.js';
import type { AmountColumn } from './amount-column.js';
import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';

/** Amounts are 10⁻⁹ units and mostly whole units, or thousandths: what all of a column share is not written. */
const POWERS = [1, 1e3, 1e6, 1e9] as const;
/** A number that is written as a zigzag varint, whose lowest bit tells it from a text: both double it. */
const VARINT_MAX = 2 ** 50;

/** The column's power of ten, then each amount by that: a varint, or its decimal text where it is too large. */
export function writeAmounts(writer: ByteWriter, amounts: AmountColumn): void {
  const power = powerOf(amounts);
  const divisor = POWERS[power] ?? 1;
  writer.byte(power);
  for (let index = 0; index < amounts.length; index++) {
    const small = amounts.smallAt(index) / divisor;
    if (small < VARINT_MAX && small > -VARINT_MAX) writer.varint((small < 0 ? -small * 2 - 1 : small * 2) * 2);
    else writeText(writer, (amounts.at(index) / BigInt(divisor)).toString());
  }
}

/** The highest power that divides every amount. */
function powerOf(amounts: AmountColumn): number {
  let power = POWERS.length - 1;
  for (let index = 0; index < amounts.length && power > 0; index++)
    while (power > 0 && !isMultiple(amounts.smallAt(index), POWERS[power] ?? 1)) power -= 1;
  return power;
}

// NaN, which stands for what is too large for a double, is a multiple of nothing.
const isMultiple = (value: number, divisor: number): boolean => Math.round(value / divisor) * divisor === value;

function writeText(writer: ByteWriter, text: string): void {
  writer.varint(text.length * 2 + 1);
  writer.latin1(text);
}

/** @throws {CorruptReadModel} */
export function readAmounts(reader: ByteReader, count: number, into: AmountColumn): void {
  const factor = POWERS[reader.byte()];
  if (factor === undefined) throw new CorruptReadModel('a column of a segment has an unknown power');
  for (let left = count; left > 0; left--) {
    const head = reader.varint();
    if (head % 2 !== 0) into.push(bigintOf(reader.latin1((head - 1) / 2)) * BigInt(factor));
    else {
      const zigzag = head / 2;
      const value = (zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2) * factor;
      if (!Number.isSafeInteger(value)) throw new CorruptReadModel('a number of a segment is too large');
      into.pushSmall(value);
    }
  }
}

function bigintOf(text: string): bigint {
  if (!/^-?\d+$/.test(text)) throw new CorruptReadModel('a number of a segment has no digits');
  return BigInt(text);
}
