import type { FeedRange, RateUse } from '@app/metering';
import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import { CODEC_LIMITS } from './codec-limits.js';
import { readIntegers, readSteps } from './read-columns.js';
import type { TextList, TextTable } from './text-table.js';
import { writeProperty, writeSteps } from './write-columns.js';

const OUTCOMES = ['charged', 'late', 'adjusted'] as const;

/** One of a closed list by its number. @throws {CorruptEvent} */
export function choiceOf<T>(reader: ByteReader, choices: readonly T[], number: number): T {
  if (!(number in choices)) throw reader.corrupt(`choice ${number} does not exist`);
  return choices[number] as T;
}

export function writeFeed(writer: ByteWriter, feed: FeedRange | null): void {
  writer.byte(feed === null ? 0 : 1);
  if (feed === null) return;
  writer.text(feed.topic);
  writer.integer(feed.generation);
  writer.integer(feed.partition);
  writer.bigint(feed.first);
  writer.bigint(feed.last - feed.first);
}

/** @throws {CorruptEvent} */
export function readFeed(reader: ByteReader): FeedRange | null {
  if (!choiceOf(reader, [false, true], reader.byte())) return null;
  const topic = reader.text();
  const generation = reader.integer();
  const partition = reader.integer();
  const first = reader.bigint();
  return { topic, generation, partition, first, last: first + reader.bigint() };
}

/** Few, so rows of columns: what repeats between them takes one byte a column. */
export function writeUses(writer: ByteWriter, uses: readonly RateUse[], texts: TextTable): void {
  writer.count(uses.length, CODEC_LIMITS.elementsMax);
  writeProperty(writer, uses, (use) => texts.numberOf(use.meter));
  writeProperty(writer, uses, (use) => texts.numberOf(use.pool));
  writeProperty(writer, uses, (use) => texts.numberOf(use.rate));
  writeProperty(writer, uses, (use) => texts.numberOf(use.rateCard));
  writeProperty(writer, uses, (use) => texts.numberOf(use.plan));
  writeSteps(
    writer,
    uses.map((use) => use.effectiveFromMs),
  );
  writeSteps(
    writer,
    uses.map((use) => use.cycle.startMs),
  );
  writeProperty(writer, uses, (use) => use.cycle.endMs - use.cycle.startMs);
  writeProperty(writer, uses, (use) => OUTCOMES.indexOf(use.outcome) * 2 + (use.isReversible ? 1 : 0));
}

/** @throws {CorruptEvent} */
export function readUses(reader: ByteReader, texts: TextList): RateUse[] {
  const count = reader.count(CODEC_LIMITS.elementsMax);
  const [meters = [], pools = [], rates = [], rateCards = [], plans = []] = [0, 1, 2, 3, 4].map(() =>
    readIntegers(reader, count),
  );
  const effectiveFrom = readSteps(reader, count);
  const starts = readSteps(reader, count);
  const lengths = readIntegers(reader, count);
  return readIntegers(reader, count).map((flags, index) => {
    const startMs = starts[index] ?? 0;
    return {
      meter: texts.text(meters[index] ?? 0),
      pool: texts.text(pools[index] ?? 0),
      rate: texts.text(rates[index] ?? 0),
      rateCard: texts.text(rateCards[index] ?? 0),
      effectiveFromMs: effectiveFrom[index] ?? 0,
      plan: texts.text(plans[index] ?? 0),
      cycle: { startMs, endMs: startMs + (lengths[index] ?? 0) },
      outcome: choiceOf(reader, OUTCOMES, Math.floor(flags / 2)),
      isReversible: flags % 2 === 1,
    };
  });
}
