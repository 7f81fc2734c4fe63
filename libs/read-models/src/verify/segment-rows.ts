import type { PoolClient } from 'pg';
import { fromStored } from '../stored-text.js';
import { haveSameSums, mergeSegments } from '../usage-lane/merge-segments.js';
import { decodeSegment } from '../usage-lane/segment-codec.js';
import type { Segment } from '../usage-lane/segment.js';
import { sumsByValue } from '../usage-lane/sums-by-value.js';
import { streamRows, type ComparedContent, type ComparedField, type ComparedRow } from './row-stream.js';

interface SegmentRow {
  readonly organisation: string;
  readonly day: number;
  readonly sequence: string;
  readonly data: Buffer;
  readonly sums: Buffer | null;
}

/** What is stored of one segment. */
type Stored = Pick<SegmentRow, 'data' | 'sums'>;

const select = (schema: string): string => `select a.organisation, t.day, t.sequence, t.data, t.sums
  from ${schema}.usage_segments t join ${schema}.usage_accounts a on a.id = t.account
  order by a.organisation collate "C", t.day, t.sequence`;

/** What a row of `segmentRows` tells: all usage of the day, and the same by one dimension at a time. */
export const SEGMENT_FIELDS = ['content', 'sums'];

/** One row an account and day: its segments decoded and added up, whatever the windows and merges were. */
export async function* segmentRows(client: PoolClient, schema: string): AsyncGenerator<ComparedRow> {
  let open: { readonly organisation: string; readonly day: number; readonly segments: Stored[] } | undefined;
  for await (const { organisation, day, ...stored } of streamRows<SegmentRow>(client, select(schema))) {
    if (open !== undefined && open.organisation === organisation && open.day === day) {
      open.segments.push(stored);
      continue;
    }
    if (open !== undefined) yield rowOf(open);
    open = { organisation, day, segments: [stored] };
  }
  if (open !== undefined) yield rowOf(open);
}

function rowOf(row: {
  readonly organisation: string;
  readonly day: number;
  readonly segments: readonly Stored[];
}): ComparedRow {
  const { organisation, day, segments } = row;
  const keys = [organisation, (day + 1_000_000).toString().padStart(8, '0')];
  const content = new DayContent(() => segments.map(({ data }) => decodeSegment(data)));
  const sums = new DayContent(() => segments.map(sumsOf));
  return { keys, names: [fromStored(organisation), day.toString()], fields: [content, sums] };
}

/** As queries read them: sums are made where none are stored. */
const sumsOf = ({ data, sums }: Stored): Segment =>
  sums === null ? sumsByValue(decodeSegment(data)) : decodeSegment(sums);

/** What segments of one day add up to. What does not decode differs from everything, and says why. */
class DayContent implements ComparedContent {
  readonly #segments: readonly Segment[] | string;

  constructor(decode: () => readonly Segment[]) {
    this.#segments = decodedBy(decode);
  }

  isSame(other: ComparedField): boolean {
    if (!(other instanceof DayContent)) return false;
    const [own, others] = [this.#segments, other.#segments];
    return typeof own !== 'string' && typeof others !== 'string' && haveSameSums(own, others);
  }

  toString(): string {
    const own = this.#segments;
    return typeof own === 'string' ? own : linesOf(mergeSegments(own)).join('\n');
  }
}

function decodedBy(decode: () => readonly Segment[]): readonly Segment[] | string {
  try {
    return decode();
  } catch (error) {
    return `unreadable: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** A merged segment as lines in an order of their own, names instead of numbers. */
function linesOf(merged: Segment): string[] {
  const uses = new Ranked(merged.uses.map(({ meter, pool, outcome }) => JSON.stringify([meter, pool, outcome])));
  const lists = Array.from({ length: merged.dimensions.length }, (_, list) => JSON.stringify(pairsOf(merged, list)));
  const dimensions = new Ranked(lists);
  const keyOf = (row: number): number =>
    (uses.rankOf(merged.use.at(row)) * lists.length + dimensions.rankOf(merged.dimension.at(row))) * HOURS +
    merged.hour.at(row);
  // Rows of one use, dimensions and hour are one by now: no two keys are equal.
  const keys = Float64Array.from({ length: merged.rows }, (_, row) => keyOf(row));
  const rows = Array.from(keys, (_, row) => row).toSorted((one, other) => (keys[one] ?? 0) - (keys[other] ?? 0));
  return rows.map((row) => {
    const key = `${uses.textOf(merged.use.at(row))} ${dimensions.textOf(merged.dimension.at(row))}`;
    const counts = `${merged.firstEvents.at(row)} ${merged.events.at(row)}`;
    return `${key} ${merged.hour.at(row)}: ${counts} ${merged.quantity.textAt(row)} ${merged.credits.textAt(row)}`;
  });
}

const HOURS = 24;

/** Texts of a dictionary, and where each would stand if they were sorted. */
class Ranked {
  readonly #ranks = new Map<string, number>();

  constructor(private readonly texts: readonly string[]) {
    for (const text of texts.toSorted()) if (!this.#ranks.has(text)) this.#ranks.set(text, this.#ranks.size);
  }

  textOf(number: number): string {
    return this.texts[number] ?? '';
  }

  rankOf(number: number): number {
    return this.#ranks.get(this.textOf(number)) ?? 0;
  }
}

function pairsOf({ names, pairs, dimensions }: Segment, list: number): string[][] {
  const found: string[][] = [];
  for (let at = dimensions.from(list); at < dimensions.to(list); at++) {
    const { name, value } = pairs[dimensions.items.at(at)] ?? { name: 0, value: '' };
    found.push([names[name] ?? '', value]);
  }
  return found.toSorted(([one = ''], [other = '']) => (one < other ? -1 : 1));
}
