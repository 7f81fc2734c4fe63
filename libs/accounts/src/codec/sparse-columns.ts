import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import { CODEC_LIMITS } from './codec-limits.js';
import { readBigints, readIntegers, readSteps, writeBigints, writeIntegers, writeSteps } from './columns.js';

/** Values that few lines have: how many, at which lines, then the values. Absent ones take one byte together. */
export function writeSparse(writer: ByteWriter, values: readonly (bigint | undefined)[]): void {
  const lines: number[] = [];
  const present: bigint[] = [];
  values.forEach((value, line) => {
    if (value === undefined) return;
    lines.push(line);
    present.push(value);
  });
  writer.varint(lines.length);
  writeSteps(writer, lines);
  writeBigints(writer, present);
}

/** Line number to value. @throws {CorruptEvent} */
export function readSparse(reader: ByteReader, lineCount: number): Map<number, bigint> {
  const count = reader.count(lineCount);
  const lines = readSteps(reader, count);
  const values = readBigints(reader, count);
  return new Map(lines.map((line, index) => [line, values[index] ?? 0n]));
}

/** As `writeSparse`, each value being a list. */
export function writeSparseLists(writer: ByteWriter, values: readonly (readonly bigint[] | undefined)[]): void {
  const lines: number[] = [];
  const lengths: number[] = [];
  const flat: bigint[] = [];
  values.forEach((list, line) => {
    if (list === undefined) return;
    lines.push(line);
    lengths.push(list.length);
    for (const value of list) flat.push(value);
  });
  writer.varint(lines.length);
  writeSteps(writer, lines);
  writeIntegers(writer, lengths);
  writer.count(flat.length, CODEC_LIMITS.elementsMax);
  writeBigints(writer, flat);
}

/** @throws {CorruptEvent} */
export function readSparseLists(reader: ByteReader, lineCount: number): Map<number, bigint[]> {
  const count = reader.count(lineCount);
  const lines = readSteps(reader, count);
  const lengths = readIntegers(reader, count);
  const flat = readBigints(reader, reader.count(CODEC_LIMITS.elementsMax));
  const lists = new Map<number, bigint[]>();
  let start = 0;
  lines.forEach((line, index) => {
    const end = start + (lengths[index] ?? 0);
    if (end < start || end > flat.length) throw reader.corrupt('a list is longer than its values');
    lists.set(line, flat.slice(start, end));
    start = end;
  });
  if (start !== flat.length) throw reader.corrupt('values belong to no list');
  return lists;
}
