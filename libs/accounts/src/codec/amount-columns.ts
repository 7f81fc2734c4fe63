import type { UseAmounts } from '@app/metering';
import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import { readColumn, readCredits } from './read-columns.js';
import { writeColumn, writeCredits } from './write-columns.js';

/** One column of quantities and one of credits for each use, in turn: values of one rate resemble each other. */
export function writeAmounts(writer: ByteWriter, uses: Iterable<UseAmounts>): void {
  for (const { quantities, credits } of uses) {
    writeColumn(writer, quantities);
    writeCredits(writer, credits, quantities);
  }
}

/** The amounts of one use, which has so many. @throws {CorruptEvent} */
export function readUseAmounts(reader: ByteReader, count: number): UseAmounts {
  const quantities = readColumn(reader, count);
  return { quantities, credits: readCredits(reader, quantities) };
}
