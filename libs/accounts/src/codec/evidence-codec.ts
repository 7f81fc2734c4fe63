import type { EvidenceLine, EvidenceMeterLine, IdentityHash } from '@app/metering';
import { readAmounts, writeAmounts } from './amount-columns.js';
import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import { CODEC_LIMITS } from './codec-limits.js';
import { readBigintSteps, readIntegers, readSteps, writeBigintSteps, writeIntegers, writeSteps } from './columns.js';
import { readIds, writeIds } from './id-columns.js';
import { readSparse, readSparseLists, writeSparse, writeSparseLists } from './sparse-columns.js';
import { TextList, TextTable } from './text-table.js';

/** Identity and content hash of one usage event, 64 bits each. */
const HASHES_BYTES = 16;

/** Called with what deduplication needs of each usage event. */
export type IdentityVisitor = (hash: IdentityHash, timeMs: number) => void;

function writeHashes(writer: ByteWriter, lines: readonly EvidenceLine[]): void {
  for (const { hash } of lines) {
    writer.uint32(hash.identityHigh);
    writer.uint32(hash.identityLow);
    writer.uint32(hash.contentHigh);
    writer.uint32(hash.contentLow);
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
function writePatterns(writer: ByteWriter, lines: readonly EvidenceLine[]): void {
  const numbers = new Map<string, number>();
  const patterns: number[][] = [];
  const column = lines.map((line) => {
    const uses = line.lines.map((meterLine) => meterLine.use);
    const key = uses.join();
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, patterns.length);
    return patterns.push(uses) - 1;
  });
  writer.varint(patterns.length);
  for (const uses of patterns) {
    writer.count(uses.length, CODEC_LIMITS.patternUsesMax);
    writeIntegers(writer, uses);
  }
  writeIntegers(writer, column);
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

function writeMeterLines(writer: ByteWriter, meterLines: readonly EvidenceMeterLine[]): void {
  writeAmounts(writer, {
    uses: meterLines.map((line) => line.use),
    quantities: meterLines.map((line) => line.quantityNanos),
    credits: meterLines.map((line) => line.creditsNanos),
  });
  writeSparse(
    writer,
    meterLines.map((line) => line.cutNanos),
  );
  writeSparse(
    writer,
    meterLines.map((line) => line.deltaUnits),
  );
  writeSparseLists(
    writer,
    meterLines.map((line) => line.inputs),
  );
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
export function writeEvidence(writer: ByteWriter, lines: readonly EvidenceLine[]): void {
  writer.count(lines.length, CODEC_LIMITS.elementsMax);
  writeHashes(writer, lines);
  writeSteps(
    writer,
    lines.map((line) => line.timeMs),
  );
  const sources = new TextTable();
  const sourceColumn = lines.map((line) => sources.numberOf(line.source));
  sources.write(writer);
  writeIntegers(writer, sourceColumn);
  writeIds(
    writer,
    lines.map((line) => line.id),
  );
  writeBigintSteps(
    writer,
    lines.map((line) => line.offset),
  );
  // Usage time is the event's own time but for clocks that are ahead: mostly one byte for all.
  writeIntegers(
    writer,
    lines.map((line) => line.timeMs - line.usageTimeMs),
  );
  writeSteps(
    writer,
    lines.map((line) => line.recordTimestampMs),
  );
  writeIntegers(
    writer,
    lines.map((line) => line.dimensions),
  );
  writePatterns(writer, lines);
  const meterLines = lines.flatMap((line) => line.lines);
  if (meterLines.length > CODEC_LIMITS.elementsMax)
    throw new RangeError('there are too many meter lines for one event');
  writeMeterLines(writer, meterLines);
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
