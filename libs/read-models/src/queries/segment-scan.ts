import { READ_MODEL_LIMITS } from '../limits.js';
import { decodeSegment } from '../usage-lane/segment-codec.js';
import type { Segment } from '../usage-lane/segment.js';
import type { Snapshot } from './snapshot-reader.js';

/** One segment of an account's day. */
export interface ScannedSegment {
  readonly day: number;
  readonly segment: Segment;
}

interface Row {
  readonly day: number;
  readonly sequence: bigint;
  readonly data: Buffer;
}

/** An account's segments of the days from `firstDay` to `lastDay`, newest day first, some at a time. */
export async function* scanAccount(
  { client, usage }: Snapshot,
  account: number,
  days: { readonly firstDay: number; readonly lastDay: number },
): AsyncGenerator<ScannedSegment> {
  let after: { readonly day: number; readonly sequence: bigint } = { day: days.lastDay + 1, sequence: 0n };
  for (;;) {
    const { rows } = await client.query<Row>(
      `select day, sequence, data from ${usage.schema}.usage_segments
       where account = $1 and day >= $2 and (day, sequence) < ($3, $4)
       order by day desc, sequence desc limit $5`,
      [account, days.firstDay, after.day, after.sequence, READ_MODEL_LIMITS.segmentsPerRead],
    );
    for (const { day, data } of rows) yield { day, segment: decodeSegment(data) };
    const last = rows.at(-1);
    if (last === undefined || rows.length < READ_MODEL_LIMITS.segmentsPerRead) return;
    after = last;
  }
}
