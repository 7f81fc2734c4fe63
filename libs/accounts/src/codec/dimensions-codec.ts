import type { DimensionTable } from '@app/metering';
import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import { CODEC_LIMITS } from './codec-limits.js';
import { readIds, writeIds } from './id-columns.js';
import { readIntegers } from './read-columns.js';
import { TextList, writeTexts } from './text-table.js';
import type { UsageVersion } from './usage-version.js';
import { writeIntegers } from './write-columns.js';

/** The names, lists of names, the list of each combination, then the values of each name. */
export function writeDimensions(writer: ByteWriter, columns: DimensionTable): void {
  const { names, byName, nameLists, nameListNumbers } = columns;
  writer.count(nameListNumbers.length, CODEC_LIMITS.elementsMax);
  writeTexts(writer, names.texts);
  writer.varint(nameLists.lists.length);
  for (const list of nameLists.lists) {
    writer.count(list.length, CODEC_LIMITS.listedNamesMax);
    writeIntegers(writer, list);
  }
  writeIntegers(writer, nameListNumbers);
  for (const { values, numbers } of byName) {
    writer.varint(values.texts.length);
    writeIds(writer, values.texts);
    writeIntegers(writer, numbers);
  }
}

/** The reverse of `writeDimensions`, of older versions, too. @throws {CorruptEvent} */
export function readDimensions(reader: ByteReader, version: UsageVersion): DimensionTable {
  const count = reader.count(CODEC_LIMITS.elementsMax);
  const names = new TextList(reader);
  const lists = readNameLists(reader, names);
  const nameListNumbers = readIntegers(reader, count);
  const pairCounts = names.texts.map(() => 0);
  let total = 0;
  for (const number of nameListNumbers) {
    const list = lists[number];
    if (list === undefined) throw reader.corrupt(`list of names ${number} does not exist`);
    total += list.length;
    if (total > CODEC_LIMITS.elementsMax) throw reader.corrupt('there are too many dimensions');
    for (const name of list) pairCounts[name] = (pairCounts[name] ?? 0) + 1;
  }
  const byName = pairCounts.map((pairs) => {
    const texts = version === 1 ? new TextList(reader).texts : readIds(reader, reader.count(pairs));
    const numbers = readIntegers(reader, pairs);
    for (const number of numbers)
      if (texts[number] === undefined) throw reader.corrupt(`value ${number} does not exist`);
    return { values: { texts }, numbers };
  });
  return { names, byName, nameLists: { lists }, nameListNumbers };
}

function readNameLists(reader: ByteReader, names: TextList): number[][] {
  const lists: number[][] = [];
  let total = 0;
  // A list takes one byte at least.
  for (let left = reader.count(CODEC_LIMITS.elementsMax, 1); left > 0; left -= 1) {
    const list = readIntegers(reader, reader.count(CODEC_LIMITS.listedNamesMax));
    total += list.length;
    if (total > CODEC_LIMITS.elementsMax) throw reader.corrupt('there are too many names');
    // Each name that is listed exists.
    for (const name of list) names.text(name);
    lists.push(list);
  }
  return lists;
}
