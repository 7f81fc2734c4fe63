import type { DrawRun, GroupColumns, MeterSample, SeriesPoint, UsageGroup } from '@app/metering';
import { linesByUse, readAmounts, writeAmounts } from './amount-columns.js';
import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import { CODEC_LIMITS } from './codec-limits.js';
import { readBigints, readIntegers, readSteps, writeBigints, writeIntegers, writeSteps } from './columns.js';
import type { TextList, TextTable } from './text-table.js';
import { choiceOf } from './usage-header-codec.js';

const DRAWN_FROM = ['grant', 'expired', 'overdraft', 'refund'] as const;
const HAS_VALUE = 1;
const HAS_POINT = 2;

/** An optional truth value in two bits. */
const flagOf = (value: boolean | undefined): number => (value === undefined ? 0 : value ? 2 : 1);
const FLAGS = [undefined, false, true] as const;

const readCount = (reader: ByteReader): number => reader.count(CODEC_LIMITS.elementsMax);

/** A column of one property of each row. */
function writeProperty<T>(writer: ByteWriter, rows: readonly T[], of: (row: T) => number): void {
  writeIntegers(writer, rows.map(of));
}

/** Groups by rate use: which uses follow each other in runs of how many, then the columns of each use. */
export function writeGroups(writer: ByteWriter, { runs, byUse }: GroupColumns): void {
  writer.count(runs.length, CODEC_LIMITS.elementsMax);
  writeProperty(writer, runs, (run) => run.use);
  writeProperty(writer, runs, (run) => run.count);
  for (const groups of byUse.values()) {
    writeSteps(writer, groups.dimensions);
    writeSteps(writer, groups.hours);
    writeIntegers(writer, groups.events);
    writeIntegers(writer, groups.firstEvents);
  }
  writeAmounts(writer, byUse.values());
}

/** @throws {CorruptEvent} */
export function readGroups(reader: ByteReader): UsageGroup[] {
  const runCount = readCount(reader);
  const runUses = readIntegers(reader, runCount);
  const runLengths = readIntegers(reader, runCount);
  const uses: number[] = [];
  runUses.forEach((use, run) => {
    const length = runLengths[run] ?? 0;
    if (length < 0 || uses.length + length > CODEC_LIMITS.elementsMax)
      throw reader.corrupt('there are too many groups');
    for (let left = length; left > 0; left -= 1) uses.push(use);
  });
  const groups = uses.map((use) => ({ use, dimensions: 0, hour: 0, events: 0, firstEvents: 0 }));
  for (const places of linesByUse(uses).values()) {
    const dimensions = readSteps(reader, places.length);
    const hours = readSteps(reader, places.length);
    const events = readIntegers(reader, places.length);
    const firstEvents = readIntegers(reader, places.length);
    places.forEach((place, at) => {
      const group = groups[place];
      if (group === undefined) return;
      group.dimensions = dimensions[at] ?? 0;
      group.hour = hours[at] ?? 0;
      group.events = events[at] ?? 0;
      group.firstEvents = firstEvents[at] ?? 0;
    });
  }
  const { quantities, credits } = readAmounts(reader, uses);
  return groups.map((group, index) => ({
    ...group,
    quantityNanos: quantities[index] ?? 0n,
    creditsNanos: credits[index] ?? 0n,
  }));
}

export function writeDraws(writer: ByteWriter, draws: readonly DrawRun[], texts: TextTable): void {
  writer.count(draws.length, CODEC_LIMITS.elementsMax);
  writeProperty(writer, draws, (draw) => draw.use);
  writeProperty(writer, draws, (draw) => DRAWN_FROM.indexOf(draw.from) * 4 + flagOf(draw.isRepaid));
  // Zero is no grant, so texts count from one here.
  writeProperty(writer, draws, (draw) => (draw.grant === null ? 0 : texts.numberOf(draw.grant) + 1));
  writeBigints(
    writer,
    draws.map((draw) => draw.amountNanos),
  );
}

/** @throws {CorruptEvent} */
export function readDraws(reader: ByteReader, texts: TextList): DrawRun[] {
  const count = readCount(reader);
  const uses = readIntegers(reader, count);
  const from = readIntegers(reader, count);
  const grants = readIntegers(reader, count);
  return readBigints(reader, count).map((amountNanos, index) => {
    const grant = grants[index] ?? 0;
    const head = from[index] ?? 0;
    const isRepaid = choiceOf(reader, FLAGS, head % 4);
    return {
      use: uses[index] ?? 0,
      from: choiceOf(reader, DRAWN_FROM, Math.floor(head / 4)),
      grant: grant === 0 ? null : texts.text(grant - 1),
      ...(isRepaid !== undefined && { isRepaid }),
      amountNanos,
    };
  });
}

function writePoints(writer: ByteWriter, points: readonly SeriesPoint[], texts: TextTable): void {
  writeProperty(writer, points, (point) => texts.numberOf(point.series));
  writeProperty(writer, points, (point) => texts.numberOf(point.source));
  writeProperty(writer, points, (point) => texts.numberOf(point.id));
  writeSteps(
    writer,
    points.map((point) => point.timeMs),
  );
  writeProperty(writer, points, (point) => point.timeMs - point.usageTimeMs);
  writeBigints(
    writer,
    points.map((point) => point.valueUnits),
  );
}

function readPoints(reader: ByteReader, count: number, texts: TextList): SeriesPoint[] {
  const series = readIntegers(reader, count);
  const sources = readIntegers(reader, count);
  const ids = readIntegers(reader, count);
  const times = readSteps(reader, count);
  const ahead = readIntegers(reader, count);
  return readBigints(reader, count).map((valueUnits, index) => ({
    series: texts.text(series[index] ?? 0),
    usageTimeMs: (times[index] ?? 0) - (ahead[index] ?? 0),
    timeMs: times[index] ?? 0,
    source: texts.text(sources[index] ?? 0),
    id: texts.text(ids[index] ?? 0),
    valueUnits,
  }));
}

export function writeSamples(writer: ByteWriter, samples: readonly MeterSample[], texts: TextTable): void {
  writer.count(samples.length, CODEC_LIMITS.elementsMax);
  writeProperty(writer, samples, (sample) => sample.use);
  writeBigints(
    writer,
    samples.map((sample) => sample.deltaUnits),
  );
  writeProperty(
    writer,
    samples,
    (sample) =>
      flagOf(sample.isNewest) * 4 +
      (sample.value === undefined ? 0 : HAS_VALUE) +
      (sample.point === undefined ? 0 : HAS_POINT),
  );
  const values = samples.flatMap((sample) => (sample.value === undefined ? [] : [sample.value]));
  writeProperty(writer, values, (value) => texts.numberOf(value));
  const points = samples.flatMap((sample) => (sample.point === undefined ? [] : [sample.point]));
  writePoints(writer, points, texts);
}

/** @throws {CorruptEvent} */
export function readSamples(reader: ByteReader, texts: TextList): MeterSample[] {
  const count = readCount(reader);
  const uses = readIntegers(reader, count);
  const deltas = readBigints(reader, count);
  const flags = readIntegers(reader, count);
  const values = readIntegers(reader, flags.filter((flag) => (flag & HAS_VALUE) !== 0).length);
  const points = readPoints(reader, flags.filter((flag) => (flag & HAS_POINT) !== 0).length, texts);
  let nextValue = 0;
  let nextPoint = 0;
  return flags.map((flag, index) => {
    const value = (flag & HAS_VALUE) === 0 ? undefined : texts.text(values[nextValue++] ?? 0);
    const isNewest = choiceOf(reader, FLAGS, flag >> 2);
    const point = (flag & HAS_POINT) === 0 ? undefined : points[nextPoint++];
    return {
      use: uses[index] ?? 0,
      deltaUnits: deltas[index] ?? 0n,
      ...(value !== undefined && { value }),
      ...(point !== undefined && { point }),
      ...(isNewest !== undefined && { isNewest }),
    };
  });
}
