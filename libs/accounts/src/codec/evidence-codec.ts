import type { EvidenceColumns, EvidenceLine, EvidenceMeterLine, IdentityHash } from '@app/metering';
import { readAmounts, writeAmounts } from './amount-columns.js';
import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import { CODEC_LIMITS } from './codec-limits.js';
import { readBigintSteps, readIntegers, readSteps, writeColumnSteps, writeIntegers, writeSteps } from './columns.js';
import { readIds, writeIds } from './id-columns.js';
import { readSparse, readSparseLists, writeSparse, writeSparseLists } from './sparse-columns.js';
import { TextList, writeTexts } from './text-table.js';

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
function writePatterns(writer: ByteWriter, { patterns, patternNumbers }: EvidenceColumns): void {
  writer.varint(patterns.lists.length);
  for (const uses of patterns.lists) {
    writer.count(uses.length, CODEC_LIMITS.patternUsesMax);
    writeIntegers(writer, uses);
  }
  writeIntegers(writer, patternNumbers);
}

function readPatterns(reader: ByteReader, count: number): (readonly number[])[] {
  const patterns: number[][] = [];
  // A pattern takes one byte at least, and there are never more of them than lines.
  for (let left = reader.count(count, 1); left > 0; left--)
    patterns.push(readIntegers(reader, reader.count(CODEC_LIMITS.patternUsesMax)));
  let total = 0;
  return readIntegers(reader, count).map((number) => {
    const pattern = patterns[number];
    if (pattern === undefined) throw reader.corrupt(`pattern ${number} does not exist`);
    total += pattern.length;
    if (total > CODEC_LIMITS.elementsMax) throw reader.corrupt('there are too many meter lines');
    return pattern;
  });
}

function writeMeterLines(writer: ByteWriter, { amounts, extras }: EvidenceColumns): void {
  writeAmounts(writer, amounts.values());
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

function readMeterLines(reader: ByteReader, uses: readonly number[]): EvidenceMeterLine[] {
  const { quantities, credits } = readAmounts(reader, uses);
  const cuts = readSparse(reader, uses.length);
  const deltas = readSparse(reader, uses.length);
  const inputs = readSparseLists(reader, uses.length);
  const hasOptional = cuts.size + deltas.size + inputs.size > 0;
  return uses.map((use, line) => {
    const meterLine = { use, quantityNanos: quantities[line] ?? 0n, creditsNanos: credits[line] ?? 0n };
    if (!hasOptional) return meterLine;
    const cutNanos = cuts.get(line);
    const deltaUnits = deltas.get(line);
    const inputsOfLine = inputs.get(line);
    return {
      ...meterLine,
      ...(cutNanos !== undefined && { cutNanos }),
      ...(deltaUnits !== undefined && { deltaUnits }),
      ...(inputsOfLine !== undefined && { inputs: inputsOfLine }),
    };
  });
}

/** Usage events as columns. Hashes and times stand first: deduplication reads nothing behind them. */
export function writeEvidence(writer: ByteWriter, columns: EvidenceColumns): void {
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
  const ahead: number[] = [];
  for (let index = 0; index < count; index += 1) ahead.push((timesMs[index] ?? 0) - (usageTimesMs[index] ?? 0));
  writeIntegers(writer, ahead);
  writeSteps(writer, columns.recordTimestampsMs);
  writeIntegers(writer, columns.dimensions);
  writePatterns(writer, columns);
  writeMeterLines(writer, columns);
}

/** The reverse of `writeEvidence`. @throws {CorruptEvent} */
export function readEvidence(reader: ByteReader): EvidenceLine[] {
  const hashes = readHashes(reader);
  const count = hashes.length;
  const times = readSteps(reader, count);
  const sources = new TextList(reader);
  const sourceColumn = readIntegers(reader, count);
  const ids = readIds(reader, count);
  const offsets = readBigintSteps(reader, count);
  const ahead = readIntegers(reader, count);
  const recordTimestamps = readSteps(reader, count);
  const dimensions = readIntegers(reader, count);
  const patterns = readPatterns(reader, count);
  const meterLines = readMeterLines(reader, patterns.flat());
  reader.end();
  let start = 0;
  return hashes.map((hash, index) => {
    const timeMs = times[index] ?? 0;
    const first = start;
    start += patterns[index]?.length ?? 0;
    return {
      source: sources.text(sourceColumn[index] ?? 0),
      id: ids[index] ?? '',
      hash,
      timeMs,
      usageTimeMs: timeMs - (ahead[index] ?? 0),
      offset: offsets[index] ?? 0n,
      recordTimestampMs: recordTimestamps[index] ?? 0,
      dimensions: dimensions[index] ?? 0,
      lines: meterLines.slice(first, start),
    };
  });
}

/** Hashes and event times alone, without building lines. @throws {CorruptEvent} */
export function visitIdentities(reader: ByteReader, visit: IdentityVisitor): void {
  const hashes = readHashes(reader);
  const times = readSteps(reader, hashes.length);
  hashes.forEach((hash, index) => visit(hash, times[index] ?? 0));
}
