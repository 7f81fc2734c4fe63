import type { PoolClient } from 'pg';
import { fromStored } from '../stored-text.js';
import { mergeSegments } from '../usage-lane/merge-segments.js';
import { decodeSegment } from '../usage-lane/segment-codec.js';
import type { SegmentColumns } from '../usage-lane/segment.js';
import { streamRows, type ComparedRow } from './row-stream.js';

interface SegmentRow {
  readonly organisation: string;
  readonly day: number;
  readonly sequence: string;
  readonly data: Buffer;
}

const select = (schema: string): string => `select a.organisation, t.day, t.sequence, t.data
  from ${schema}.usage_segments t join ${schema}.usage_accounts a on a.id = t.account
  order by a.organisation collate "C", t.day, t.sequence`;

/** One row an account and day: its segments decoded and added up, whatever the windows and merges were. */
export async function* segmentRows(client: PoolClient, schema: string): AsyncGenerator<ComparedRow> {
  let open: { readonly organisation: string; readonly day: number; readonly segments: Buffer[] } | undefined;
  for await (const { organisation, day, data } of streamRows<SegmentRow>(client, select(schema))) {
    if (open !== undefined && open.organisation === organisation && open.day === day) {
      open.segments.push(data);
      continue;
    }
    if (open !== undefined) yield rowOf(open);
    open = { organisation, day, segments: [data] };
  }
  if (open !== undefined) yield rowOf(open);
}

function rowOf({
  organisation,
  day,
  segments,
}: {
  organisation: string;
  day: number;
  segments: Buffer[];
}): ComparedRow {
  const keys = [organisation, (day + 1_000_000).toString().padStart(8, '0')];
  return { keys, names: [fromStored(organisation), day.toString()], fields: [contentOf(segments)] };
}

/** What does not decode is content of its own: it differs from everything that does. */
function contentOf(segments: readonly Buffer[]): string {
  try {
    return linesOf(mergeSegments(segments.map(decodeSegment))).join('\n');
  } catch (error) {
    return `unreadable: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** A merged segment as sorted lines, names instead of numbers. */
function linesOf(merged: SegmentColumns): string[] {
  const dimensions = merged.dimensions.map((pairs) =>
    JSON.stringify(
      pairs
        .map((pair) => {
          const { name, value } = merged.pairs[pair] ?? { name: 0, value: '' };
          return [merged.names[name] ?? '', value];
        })
        .toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1)),
    ),
  );
  return merged.use
    .map((use, index) => {
      const { meter = '', pool = '', outcome = 'charged' } = merged.uses[use] ?? {};
      const key = JSON.stringify([merged.hour[index], meter, pool, outcome]);
      const figures = `${merged.firstEvents[index]} ${merged.events[index]} ${merged.quantity[index]} ${merged.credits[index]}`;
      return `${key} ${dimensions[merged.dimension[index] ?? 0] ?? ''}: ${figures}`;
    })
    .toSorted();
}
