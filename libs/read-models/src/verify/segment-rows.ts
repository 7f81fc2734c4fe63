import type { PoolClient } from 'pg';
import { fromStored } from '../stored-text.js';
import { mergeSegments } from '../usage-lane/merge-segments.js';
import { decodeSegment } from '../usage-lane/segment-codec.js';
import type { Segment } from '../usage-lane/segment.js';
import { sumsByValue } from '../usage-lane/sums-by-value.js';
import { streamRows, type ComparedRow } from './row-stream.js';

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
  const content = contentOf(() => segments.map(({ data }) => decodeSegment(data)));
  const sums = contentOf(() => segments.map(sumsOf));
  return { keys, names: [fromStored(organisation), day.toString()], fields: [content, sums] };
}

/** As queries read them: sums are made where none are stored. */
const sumsOf = ({ data, sums }: Stored): Segment =>
  sums === null ? sumsByValue(decodeSegment(data)) : decodeSegment(sums);

/** What does not decode is content of its own: it differs from everything that does. */
function contentOf(decode: () => readonly Segment[]): string {
  try {
    return linesOf(mergeSegments(decode())).join('\n');
  } catch (error) {
    return `unreadable: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** A merged segment as sorted lines, names instead of numbers. */
function linesOf(merged: Segment): string[] {
  return Array.from({ length: merged.rows }, (_, row) => lineOf(merged, row)).toSorted();
}

function lineOf(merged: Segment, row: number): string {
  const { meter = '', pool = '', outcome = 'charged' } = merged.uses[merged.use.at(row)] ?? {};
  const key = JSON.stringify([merged.hour.at(row), meter, pool, outcome]);
  const counts = `${merged.firstEvents.at(row)} ${merged.events.at(row)}`;
  const amounts = `${merged.quantity.at(row)} ${merged.credits.at(row)}`;
  return `${key} ${JSON.stringify(pairsOf(merged, merged.dimension.at(row)))}: ${counts} ${amounts}`;
}

function pairsOf({ names, pairs, dimensions }: Segment, list: number): string[][] {
  const found: string[][] = [];
  for (let at = dimensions.from(list); at < dimensions.to(list); at++) {
    const { name, value } = pairs[dimensions.items.at(at)] ?? { name: 0, value: '' };
    found.push([names[name] ?? '', value]);
  }
  return found.toSorted(([one = ''], [other = '']) => (one < other ? -1 : 1));
}
