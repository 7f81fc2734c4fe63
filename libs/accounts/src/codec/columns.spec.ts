import { AmountColumn } from '@app/metering';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { ByteReader } from './byte-reader.js';
import { ByteWriter } from './byte-writer.js';
import { CorruptEvent } from './codec-errors.js';
import { readBigints, readColumnSteps, readCredits, readIntegers, readReferences, readSteps } from './read-columns.js';
import {
  writeBigints,
  writeColumnSteps,
  writeCredits,
  writeIntegers,
  writeReferences,
  writeSteps,
} from './write-columns.js';

function written(write: (writer: ByteWriter) => void): Uint8Array {
  const writer = new ByteWriter();
  write(writer);
  return Uint8Array.from(writer.view());
}

/** What is read, all of it. */
function readAll<T>(bytes: Uint8Array, read: (reader: ByteReader) => T): T {
  const reader = new ByteReader('UsageCharged', bytes);
  const value = read(reader);
  reader.end();
  return value;
}

const long = { maxLength: 150 };
const tens = fc.nat({ max: 9 }).map((exponent) => 10 ** exponent);
const integers = fc.oneof(
  fc.array(fc.nat({ max: 3 }), long),
  fc.array(fc.integer({ min: -40, max: 40 }), long),
  fc.tuple(fc.array(fc.integer({ min: -3_000, max: 3_000 }), long), tens).map(([all, ten]) => all.map((n) => n * ten)),
  fc.array(fc.oneof({ weight: 9, arbitrary: fc.nat({ max: 9 }) }, fc.nat({ max: 2 ** 31 })), long),
  fc.array(fc.oneof(fc.nat({ max: 9 }), fc.integer({ min: -(2 ** 31), max: 2 ** 31 })), long),
  fc.array(fc.maxSafeInteger(), long),
  fc
    .tuple(fc.maxSafeInteger(), fc.nat({ max: 20 }))
    .map(([value, count]) => Array.from({ length: count }, () => value)),
);
const bigints = fc.oneof(
  integers.map((all) => all.map(BigInt)),
  fc.array(fc.bigInt({ min: -(2n ** 100n), max: 2n ** 100n }), long),
);
const columnOf = (values: readonly bigint[]): AmountColumn => {
  const column = new AmountColumn();
  for (const value of values) column.push(value);
  return column;
};

describe('columns', () => {
  it.each([
    ['integers', writeIntegers, readIntegers],
    ['steps', writeSteps, readSteps],
    ['references', writeReferences, readReferences],
  ])('of %s are read as they were written', (name, write, read) => {
    // References count from zero, and what they are behind is a safe integer, too.
    const values =
      name === 'references' ? integers.map((all) => all.map((n) => Math.floor(Math.abs(n) / 4))) : integers;
    fc.assert(
      fc.property(values, (all) => {
        const bytes = written((writer) => write(writer, all));
        expect(readAll(bytes, (reader) => read(reader, all.length))).toEqual(all);
      }),
    );
  });

  it('of integers of any size are read as they were written', () => {
    fc.assert(
      fc.property(bigints, (all) => {
        const bytes = written((writer) => writeBigints(writer, all));
        expect(readAll(bytes, (reader) => readBigints(reader, all.length))).toEqual(all);
        const steps = written((writer) => writeColumnSteps(writer, columnOf(all)));
        expect(readAll(steps, (reader) => readColumnSteps(reader, all.length).toBigints())).toEqual(all);
      }),
    );
  });

  it('of credits are read as they were written, near a multiple of their quantities or not', () => {
    const price = fc.tuple(fc.nat({ max: 5_000 }), tens);
    const lines = fc.array(
      fc.record({ quantity: fc.nat({ max: 100_000 }), off: fc.integer({ min: -2, max: 2 }) }),
      long,
    );
    fc.assert(
      fc.property(lines, price, (all, [part, whole]) => {
        const quantities = columnOf(all.map(({ quantity }) => BigInt(quantity)));
        const credits = all.map(({ quantity, off }) => BigInt(Math.round((quantity * part) / whole) + off));
        const bytes = written((writer) => writeCredits(writer, columnOf(credits), quantities));
        expect(readAll(bytes, (reader) => readCredits(reader, quantities).toBigints())).toEqual(credits);
      }),
    );
  });

  it('take bits where numbers are small, and one byte where all are the same', () => {
    const few = Array.from({ length: 80 }, (_, index) => (index % 20 === 0 ? 2 : 1));
    expect(written((writer) => writeIntegers(writer, few)).length).toBeLessThan(25);
    expect(written((writer) => writeReferences(writer, [...few.keys()])).length).toBe(2);
  });

  it('are read as something, or refused, after any mutation', () => {
    const values = integers.filter((all) => all.length > 0);
    fc.assert(
      fc.property(values, fc.nat(), fc.integer({ min: 1, max: 255 }), fc.nat({ max: 2 }), (all, at, mask, cut) => {
        const bytes = written((writer) => writeIntegers(writer, all));
        bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ mask;
        const reader = new ByteReader('UsageCharged', bytes.subarray(0, Math.max(0, bytes.length - cut)));
        expect([all.length, CorruptEvent]).toContain(outcomeOf(() => readIntegers(reader, all.length).length));
      }),
      { numRuns: 1_000 },
    );
  });
});

/** What it answers, or what kind of error it throws. */
function outcomeOf(attempt: () => number): unknown {
  try {
    return attempt();
  } catch (error) {
    return (error as Error).constructor;
  }
}
