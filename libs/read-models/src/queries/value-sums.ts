import { READ_MODEL_LIMITS } from '../limits.js';
import { Statement } from '../sql-text.js';
import { KeyedFigures } from '../usage-lane/keyed-figures.js';
import { decodeSegment } from '../usage-lane/segment-codec.js';
import type { Segment } from '../usage-lane/segment.js';
import { addSums, noSums, type Sums } from '../usage-lane/sums.js';
import type { Snapshot } from './snapshot-reader.js';

/** Whole days, `lastDay` exclusive. */
export interface Days {
  readonly firstDay: number;
  readonly lastDay: number;
}

/** What a value of the dimension asked for used of one meter on one day. */
export interface ValueSums {
  readonly day: number;
  readonly meter: string;
  readonly value: string;
  readonly sums: Sums;
}

interface Row {
  readonly day: number;
  readonly sequence: bigint;
  readonly data: Buffer;
}

const READ = new Statement('read-sums');

/**
 * One account's usage by the values of one dimension and by meter, of one meter and value or of all; usage without the
 * dimension is left out. A day at a time, or all days as one (the first), in no particular order of values.
 */
export async function valueSums(
  snapshot: Snapshot,
  account: number,
  days: Days,
  asked: ValueQuestion,
): Promise<readonly ValueSums[]> {
  const found = new FoundSums(asked, days.firstDay);
  for await (const { day, segment } of readSums(snapshot, account, days)) found.add(day, segment);
  return found.all;
}

export interface ValueQuestion {
  readonly dimension: string;
  /** Null: all meters. */
  readonly meter: string | null;
  /** Null: every value. */
  readonly value: string | null;
  readonly isByDay: boolean;
}

async function* readSums({ client, usage }: Snapshot, account: number, { firstDay, lastDay }: Days) {
  let after: { readonly day: number; readonly sequence: bigint } = { day: firstDay, sequence: -1n };
  for (;;) {
    const values = [account, firstDay, lastDay, after.day, after.sequence, READ_MODEL_LIMITS.segmentsPerRead];
    const { rows } = await client.query<Row>(READ.in(usage.schema), values);
    for (const { day, data } of rows) yield { day, segment: decodeSegment(data) };
    const last = rows.at(-1);
    if (last === undefined || rows.length < READ_MODEL_LIMITS.segmentsPerRead) return;
    after = last;
  }
}

const NONE = -1;

class FoundSums {
  readonly #found = new Map<string, ValueSums>();

  constructor(
    private readonly asked: ValueQuestion,
    private readonly firstDay: number,
  ) {}

  get all(): readonly ValueSums[] {
    return [...this.#found.values()];
  }

  add(segmentDay: number, segment: Segment): void {
    const { meter, isByDay } = this.asked;
    const pairs = this.#pairsOf(segment);
    const meters = segment.uses.map((use) => (meter === null || use.meter === meter ? use.meter : undefined));
    // By pair and use: the key of a value is made once a segment.
    const figures = new KeyedFigures();
    for (let row = 0; row < segment.rows; row++) {
      const use = segment.use.at(row);
      const pair = pairs[segment.dimension.at(row)] ?? NONE;
      if (pair !== NONE && meters[use] !== undefined) figures.add(pair * meters.length + use, segment, row);
    }
    const day = isByDay ? segmentDay : this.firstDay;
    for (const [key, sums] of figures.sums()) {
      const value = segment.pairs[Math.floor(key / meters.length)]?.value ?? '';
      addSums(this.#sumsOf({ day, meter: meters[key % meters.length] ?? '', value }), sums);
    }
  }

  /** Which pair of the dimension each list of pairs has. */
  #pairsOf({ names, pairs, dimensions }: Segment): Int32Array {
    const { dimension, value } = this.asked;
    const name = names.indexOf(dimension);
    const found = new Int32Array(dimensions.length).fill(NONE);
    for (let list = 0; list < dimensions.length; list++)
      for (let at = dimensions.from(list); at < dimensions.to(list); at++) {
        const pair = dimensions.items.at(at);
        const given = pairs[pair];
        if (given?.name === name && (value === null || given.value === value)) found[list] = pair;
      }
    return found;
  }

  #sumsOf(of: Omit<ValueSums, 'sums'>): Sums {
    const key = `${of.day} ${of.meter.length} ${of.meter} ${of.value}`;
    let found = this.#found.get(key);
    if (found === undefined) this.#found.set(key, (found = { ...of, sums: noSums() }));
    return found.sums;
  }
}
