import type { DimensionColumns, DimensionPairs, FeedRange, RateUse } from '@app/metering';
import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import { CODEC_LIMITS } from './codec-limits.js';
import { readIntegers, readSteps, writeIntegers, writeSteps } from './columns.js';
import { TextList, writeTexts, type TextTable } from './text-table.js';

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

const textsOf = (use: RateUse): string[] => [use.meter, use.pool, use.rate, use.rateCard, use.plan];

/** Few, so rows of columns: what repeats between them takes one byte a column. */
export function writeUses(writer: ByteWriter, uses: readonly RateUse[], texts: TextTable): void {
  writer.count(uses.length, CODEC_LIMITS.elementsMax);
  for (const field of [0, 1, 2, 3, 4])
    writeIntegers(
      writer,
      uses.map((use) => texts.numberOf(textsOf(use)[field] ?? '')),
    );
  writeSteps(
    writer,
    uses.map((use) => use.effectiveFromMs),
  );
  writeSteps(
    writer,
    uses.map((use) => use.cycle.startMs),
  );
  writeIntegers(
    writer,
    uses.map((use) => use.cycle.endMs - use.cycle.startMs),
  );
  writeIntegers(
    writer,
    uses.map((use) => OUTCOMES.indexOf(use.outcome) * 2 + (use.isReversible ? 1 : 0)),
  );
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

/** The names, lists of names, the list of each combination, then the values of each name. */
export function writeDimensions(writer: ByteWriter, columns: DimensionColumns): void {
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
    writeTexts(writer, values.texts);
    writeIntegers(writer, numbers);
  }
}

/** @throws {CorruptEvent} */
export function readDimensions(reader: ByteReader): DimensionPairs[] {
  const count = reader.count(CODEC_LIMITS.elementsMax);
  const names = new TextList(reader);
  const lists = readNameLists(reader, names);
  const combinations = readIntegers(reader, count).map((number) => {
    const list = lists[number];
    if (list === undefined) throw reader.corrupt(`list of names ${number} does not exist`);
    return list;
  });
  const pairCounts = names.texts.map(() => 0);
  let total = 0;
  for (const list of combinations) {
    total += list.length;
    if (total > CODEC_LIMITS.elementsMax) throw reader.corrupt('there are too many dimensions');
    for (const name of list) pairCounts[name] = (pairCounts[name] ?? 0) + 1;
  }
  const valuesOf = pairCounts.map((pairs) => {
    const values = new TextList(reader);
    return readIntegers(reader, pairs).map((number) => values.text(number));
  });
  const next = names.texts.map(() => 0);
  return combinations.map((list) =>
    list.map((name) => {
      const at = next[name] ?? 0;
      next[name] = at + 1;
      return [names.text(name), valuesOf[name]?.[at] ?? ''] as const;
    }),
  );
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
