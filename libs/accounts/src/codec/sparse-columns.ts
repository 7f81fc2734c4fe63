import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import { CODEC_LIMITS } from './codec-limits.js';
import { readBigints, readIntegers, readSteps } from './read-columns.js';
import { writeBigints, writeIntegers, writeSteps } from './write-columns.js';

/** Values that few lines have, by line: how many, at which lines, then the values. None take one byte together. */
export function writeSparse(writer: ByteWriter, values: ReadonlyMap<number, bigint>): void {
  writer.varint(values.size);
  if (values.size === 0) return;
  writeSteps(writer, [...values.keys()]);
  writeBigints(writer, [...values.values()]);
}

/** Line number to value. @throws {CorruptEvent} */
export function readSparse(reader: ByteReader, lineCount: number): Map<number, bigint> {
  const count = reader.count(lineCount);
  const lines = readSteps(reader, count);
  const values = readBigints(reader, count);
  return new Map(lines.map((line, index) => [line, values[index] ?? 0n]));
}

/** As `writeSparse`, each value being a list. */
export function writeSparseLists(writer: ByteWriter, values: ReadonlyMap<number, readonly bigint[]>): void {
  writer.varint(values.size);
  if (values.size === 0) {
    writer.varint(0);
    return;
  }
  const lists = [...values.values()];
  const flat = lists.flat();
  writeSteps(writer, [...values.keys()]);
  writeIntegers(
    writer,
    lists.map((list) => list.length),
  );
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
