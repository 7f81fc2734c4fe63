import type { AmountColumn } from '@app/metering';
import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import { readBigints, readCredits, writeColumn, writeCredits } from './columns.js';

/** Quantities and credits of lines that each belong to a rate use, as parallel columns in line order. */
interface Amounts {
  readonly uses: readonly number[];
  readonly quantities: readonly bigint[];
  readonly credits: readonly bigint[];
}

const DIRECT_USES = 64;

/** The line numbers of each use, uses in the order of their first line: both sides derive the same from the column. */
export function linesByUse(uses: readonly number[]): Map<number, number[]> {
  const linesOf = new Map<number, number[]>();
  // Uses of an append are few and small: an array finds most of them faster than the map.
  const direct: (number[] | undefined)[] = [];
  for (let line = 0; line < uses.length; line++) {
    const use = uses[line] ?? 0;
    const isDirect = use >= 0 && use < DIRECT_USES;
    let lines = isDirect ? direct[use] : linesOf.get(use);
    if (lines === undefined) {
      lines = [];
      linesOf.set(use, lines);
      if (isDirect) direct[use] = lines;
    }
    lines.push(line);
  }
  return linesOf;
}

/** One column of quantities and one of credits for each use, in turn: values of one rate resemble each other. */
export function writeAmounts(
  writer: ByteWriter,
  uses: Iterable<{ readonly quantities: AmountColumn; readonly credits: AmountColumn }>,
): void {
  for (const { quantities, credits } of uses) {
    writeColumn(writer, quantities);
    writeCredits(writer, credits, quantities);
  }
}

/** @throws {CorruptEvent} */
export function readAmounts(reader: ByteReader, uses: readonly number[]): Amounts {
  const quantities = Array.from<bigint>({ length: uses.length }).fill(0n);
  const credits = Array.from<bigint>({ length: uses.length }).fill(0n);
  for (const lines of linesByUse(uses).values()) {
    const ownQuantities = readBigints(reader, lines.length);
    const ownCredits = readCredits(reader, ownQuantities);
    lines.forEach((line, index) => {
      quantities[line] = ownQuantities[index] ?? 0n;
      credits[line] = ownCredits[index] ?? 0n;
    });
  }
  return { uses, quantities, credits };
}
