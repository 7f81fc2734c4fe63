import type { ContentHash, EvidenceLine, EvidenceTable, LineExtras, UseAmounts } from '@app/metering';
import { readUseAmounts, writeAmounts } from './amount-columns.js';
import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import { CODEC_LIMITS } from './codec-limits.js';
import { readIds, writeIds } from './id-columns.js';
import { readColumnSteps, readIntegers, readReferences, readSteps } from './read-columns.js';
import { readSparse, readSparseLists, writeSparse, writeSparseLists } from './sparse-columns.js';
import { TextList, writeTexts } from './text-table.js';
import { USAGE_VERSION, type UsageVersion } from './usage-version.js';
import { writeColumnSteps, writeDifferences, writeIntegers, writeReferences, writeSteps } from './write-columns.js';

const CONTENT_HASH_BYTES = 8;
/** Version 1 recorded the hash of the identity, too, which follows from source and id. */
const IDENTITY_HASH_BYTES = 8;

/** What deduplication needs of a usage event. */
export type ChargedEvent = Pick<EvidenceLine, 'source' | 'id' | 'contentHash' | 'timeMs'>;

function writeHashes(writer: ByteWriter, hashes: readonly ContentHash[]): void {
  for (const { contentHigh, contentLow } of hashes) {
    writer.uint32(contentHigh);
    writer.uint32(contentLow);
  }
}

function readHashes(reader: ByteReader, version: UsageVersion): ContentHash[] {
  const skipped = version === 1 ? IDENTITY_HASH_BYTES : 0;
  const hashes: ContentHash[] = [];
  for (let left = reader.count(CODEC_LIMITS.elementsMax, skipped + CONTENT_HASH_BYTES); left > 0; left -= 1) {
    if (skipped > 0) reader.raw(skipped);
    hashes.push({ contentHigh: reader.uint32(), contentLow: reader.uint32() });
  }
  return hashes;
}

/** The rate uses of each line: lists repeat, so each different one is written once. */
function writePatterns(writer: ByteWriter, { patterns, patternNumbers }: EvidenceTable): void {
  writer.varint(patterns.lists.length);
  for (const uses of patterns.lists) {
    writer.count(uses.length, CODEC_LIMITS.patternUsesMax);
    writeIntegers(writer, uses);
  }
  writeIntegers(writer, patternNumbers);
}

/** The lists of uses, which of them each event has, and how many meter lines each use has, in the order of the first. */
function readPatterns(reader: ByteReader, count: number) {
  const lists: number[][] = [];
  // A pattern takes one byte at least, and there are never more of them than lines.
  for (let left = reader.count(count, 1); left > 0; left--)
    lists.push(readIntegers(reader, reader.count(CODEC_LIMITS.patternUsesMax)));
  const patternNumbers = readIntegers(reader, count);
  const counts = new Map<number, number>();
  let lineCount = 0;
  for (const [number, events] of countEach(patternNumbers)) {
    const list = lists[number];
    if (list === undefined) throw reader.corrupt(`pattern ${number} does not exist`);
    lineCount += list.length * events;
    if (lineCount > CODEC_LIMITS.elementsMax) throw reader.corrupt('there are too many meter lines');
    for (const use of list) counts.set(use, (counts.get(use) ?? 0) + events);
  }
  return { lists, patternNumbers, counts, lineCount };
}

/** How often each number comes, in the order in which they first come. */
function countEach(numbers: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1);
  return counts;
}

function writeMeterLines(writer: ByteWriter, { amounts, extras }: EvidenceTable): void {
  writeAmounts(writer, amounts.values());
  if (extras.size === 0) {
    writeSparse(writer, NO_VALUES);
    writeSparse(writer, NO_VALUES);
    writeSparseLists(writer, NO_LISTS);
  } else writeExtras(writer, extras);
}

const NO_VALUES: ReadonlyMap<number, bigint> = new Map();
const NO_LISTS: ReadonlyMap<number, readonly bigint[]> = new Map();

function writeExtras(writer: ByteWriter, extras: EvidenceTable['extras']): void {
  const [cuts, deltas] = [new Map<number, bigint>(), new Map<number, bigint>()];
  const inputs = new Map<number, readonly bigint[]>();
  for (const [line, extra] of extras) {
    if (extra.cutNanos !== undefined) cuts.set(line, extra.cutNanos);
    if (extra.deltaUnits !== undefined) deltas.set(line, extra.deltaUnits);
    if (extra.inputs !== undefined) inputs.set(line, extra.inputs);
  }
  writeSparse(writer, cuts);
  writeSparse(writer, deltas);
  writeSparseLists(writer, inputs);
}

/** What few meter lines have, by their numbers, in order. */
function readExtras(reader: ByteReader, lineCount: number): Map<number, LineExtras> {
  const cuts = readSparse(reader, lineCount);
  const deltas = readSparse(reader, lineCount);
  const inputs = readSparseLists(reader, lineCount);
  const extras = new Map<number, LineExtras>();
  const add = (line: number, more: LineExtras): unknown => extras.set(line, { ...extras.get(line), ...more });
  for (const [line, cutNanos] of cuts) add(line, { cutNanos });
  for (const [line, deltaUnits] of deltas) add(line, { deltaUnits });
  for (const [line, own] of inputs) add(line, { inputs: own });
  return new Map([...extras].toSorted(([one], [other]) => one - other));
}

/** Usage events as columns. What deduplication needs stands first: it reads nothing behind. */
export function writeEvidence(writer: ByteWriter, columns: EvidenceTable): void {
  const { count, timesMs, usageTimesMs } = columns;
  if (columns.lineCount > CODEC_LIMITS.elementsMax)
    throw new RangeError('there are too many meter lines for one event');
  writer.count(count, CODEC_LIMITS.elementsMax);
  writeHashes(writer, columns.contentHashes);
  writeSteps(writer, timesMs);
  writeTexts(writer, columns.sources.texts);
  writeIntegers(writer, columns.sourceNumbers);
  writeIds(writer, columns.ids);
  writeColumnSteps(writer, columns.offsets);
  // Usage time is the event's own time but for clocks that are ahead: mostly one byte for all.
  writeDifferences(writer, timesMs, usageTimesMs);
  writeSteps(writer, columns.recordTimestampsMs);
  writeReferences(writer, columns.dimensions);
  writePatterns(writer, columns);
  writeMeterLines(writer, columns);
}

type ChargedEvents = Pick<EvidenceTable, 'count' | 'contentHashes' | 'timesMs' | 'sourceNumbers' | 'ids'> & {
  readonly sources: TextList;
};

function readCharged(reader: ByteReader, version: UsageVersion): ChargedEvents {
  const contentHashes = readHashes(reader, version);
  const count = contentHashes.length;
  const timesMs = readSteps(reader, count);
  const sources = new TextList(reader);
  const sourceNumbers = readIntegers(reader, count);
  // Each source that is meant exists.
  for (const number of sourceNumbers) sources.text(number);
  return { count, contentHashes, timesMs, sources, sourceNumbers, ids: readIds(reader, count) };
}

/** The reverse of `writeEvidence`, of older versions, too. @throws {CorruptEvent} */
export function readEvidence(reader: ByteReader, version: UsageVersion): EvidenceTable {
  const { count, contentHashes, timesMs, sources, sourceNumbers, ids } = readCharged(reader, version);
  const offsets = readColumnSteps(reader, count);
  const ahead = readIntegers(reader, count);
  const usageTimesMs = ahead.some((ms) => ms !== 0)
    ? timesMs.map((timeMs, index) => timeMs - (ahead[index] ?? 0))
    : timesMs;
  const recordTimestampsMs = readSteps(reader, count);
  const dimensions = version === 1 ? readIntegers(reader, count) : readReferences(reader, count);
  const { lists, patternNumbers, counts, lineCount } = readPatterns(reader, count);
  const amounts = new Map<number, UseAmounts>();
  for (const [use, lines] of counts) amounts.set(use, readUseAmounts(reader, lines));
  const extras = readExtras(reader, lineCount);
  reader.end();
  // No spreading: what it makes is put together key by key.
  return {
    count,
    contentHashes,
    timesMs,
    sources,
    sourceNumbers,
    ids,
    usageTimesMs,
    offsets,
    recordTimestampsMs,
    dimensions,
    patterns: { lists },
    patternNumbers,
    amounts,
    extras,
    lineCount,
  };
}

/** What deduplication needs of each usage event, without reading the rest. @throws {CorruptEvent} */
export function visitCharged(reader: ByteReader, visit: (event: ChargedEvent) => void): void {
  const { contentHashes, timesMs, sources, sourceNumbers, ids } = readCharged(reader, USAGE_VERSION);
  contentHashes.forEach((contentHash, index) =>
    visit({
      source: sources.text(sourceNumbers[index] ?? 0),
      id: ids[index] ?? '',
      contentHash,
      timeMs: timesMs[index] ?? 0,
    }),
  );
}
