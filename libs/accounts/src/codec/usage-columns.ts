import type { DrawRun, MeterSample, SeriesPoint } from '@app/metering';
import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import { CODEC_LIMITS } from './codec-limits.js';
import { readBigints, readIntegers, readSteps } from './read-columns.js';
import type { TextList, TextTable } from './text-table.js';
import { choiceOf } from './usage-header-codec.js';
import { writeBigints, writeProperty, writeSteps } from './write-columns.js';

const DRAWN_FROM = ['grant', 'expired', 'overdraft', 'refund'] as const;
const HAS_VALUE = 1;
const HAS_POINT = 2;

/** An optional truth value in two bits. */
const flagOf = (value: boolean | undefined): number => (value === undefined ? 0 : value ? 2 : 1);
const FLAGS = [undefined, false, true] as const;

const readCount = (reader: ByteReader): number => reader.count(CODEC_LIMITS.elementsMax);

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
  if (samples.length === 0) return;
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
