import type { EvidenceTable, IdentityHash, LineExtras, UseAmounts } from '@app/metering';
import { readUseAmounts, writeAmounts } from './amount-columns.js';
import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import { CODEC_LIMITS } from './codec-limits.js';
import { readIds, writeIds } from './id-columns.js';
import { readColumnSteps, readIntegers, readSteps } from './read-columns.js';
import { readSparse, readSparseLists, writeSparse, writeSparseLists } from './sparse-columns.js';
import { TextList, writeTexts } from './text-table.js';
import { writeColumnSteps, writeDifferences, writeIntegers, writeSteps } from './write-columns.js';

/** Identity and content hash of one usage event, 64 bits each. */
const HASHES_BYTES = 16;

/** Called with what deduplication needs of each usage event. */
export type IdentityVisitor = (hash: IdentityHash, timeMs: number) => void;

function writeHashes(writer: ByteWriter, hashes: readonly IdentityHash[]): void {
  for (const { identityHigh, identityLow, contentHigh, contentLow } of hashes) {
    writer.uint32(identityHigh);
    writer.uint32(identityLow);
    writer.uint32(contentHigh);
    writer.uint32(contentLow);
  }
}

function readHashes(reader: ByteReader): IdentityHash[] {
  const hashes: IdentityHash[] = [];
  for (let left = reader.count(CODEC_LIMITS.elementsMax, HASHES_BYTES); left > 0; left--)
    hashes.push({
      identityHigh: reader.uint32(),
      identityLow: reader.uint32(),
      contentHigh: reader.uint32(),
      contentLow: reader.uint32(),
    });
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

/** Usage events as columns. Hashes and times stand first: deduplication reads nothing behind them. */
export function writeEvidence(writer: ByteWriter, columns: EvidenceTable): void {
  const { count, timesMs, usageTimesMs } = columns;
  if (columns.lineCount > CODEC_LIMITS.elementsMax)
    throw new RangeError('there are too many meter lines for one event');
  writer.count(count, CODEC_LIMITS.elementsMax);
  writeHashes(writer, columns.hashes);
  writeSteps(writer, timesMs);
  writeTexts(writer, columns.sources.texts);
  writeIntegers(writer, columns.sourceNumbers);
  writeIds(writer, columns.ids);
  writeColumnSteps(writer, columns.offsets);
  // Usage time is the event's own time but for clocks that are ahead: mostly one byte for all.
  writeDifferences(writer, timesMs, usageTimesMs);
  writeSteps(writer, columns.recordTimestampsMs);
  writeIntegers(writer, columns.dimensions);
  writePatterns(writer, columns);
  writeMeterLines(writer, columns);
}

/** The reverse of `writeEvidence`. @throws {CorruptEvent} */
export function readEvidence(reader: ByteReader): EvidenceTable {
  const hashes = readHashes(reader);
  const count = hashes.length;
  const timesMs = readSteps(reader, count);
  const sources = new TextList(reader);
  const sourceNumbers = readIntegers(reader, count);
  // Each source that is meant exists.
  for (const number of sourceNumbers) sources.text(number);
  const ids = readIds(reader, count);
  const offsets = readColumnSteps(reader, count);
  const ahead = readIntegers(reader, count);
  const usageTimesMs = ahead.some((ms) => ms !== 0)
    ? timesMs.map((timeMs, index) => timeMs - (ahead[index] ?? 0))
    : timesMs;
  const recordTimestampsMs = readSteps(reader, count);
  const dimensions = readIntegers(reader, count);
  const { lists, patternNumbers, counts, lineCount } = readPatterns(reader, count);
  const amounts = new Map<number, UseAmounts>();
  for (const [use, lines] of counts) amounts.set(use, readUseAmounts(reader, lines));
  const extras = readExtras(reader, lineCount);
  reader.end();
  return {
    count,
    hashes,
    timesMs,
    usageTimesMs,
    sources,
    sourceNumbers,
    ids,
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

/** Hashes and event times alone, without building lines. @throws {CorruptEvent} */
export function visitIdentities(reader: ByteReader, visit: IdentityVisitor): void {
  const hashes = readHashes(reader);
  const times = readSteps(reader, hashes.length);
  hashes.forEach((hash, index) => visit(hash, times[index] ?? 0));
}
