import { READ_MODEL_LIMITS } from '../limits.js';
import { decodeSegment } from '../usage-lane/segment-codec.js';
import type { SegmentColumns } from '../usage-lane/segment.js';
import type { Snapshot } from './snapshot-reader.js';

/** One segment of an account's day. */
export interface ScannedSegment {
  readonly account: number;
  readonly day: number;
  readonly columns: SegmentColumns;
}

interface Row {
  readonly account: number;
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
      `select account, day, sequence, data from ${usage.schema}.usage_segments
       where account = $1 and day >= $2 and (day, sequence) < ($3, $4)
       order by day desc, sequence desc limit $5`,
      [account, days.firstDay, after.day, after.sequence, READ_MODEL_LIMITS.segmentsPerRead],
    );
    for (const { day, data } of rows) yield { account, day, columns: decodeSegment(data) };
    const last = rows.at(-1);
    if (last === undefined || rows.length < READ_MODEL_LIMITS.segmentsPerRead) return;
    after = last;
  }
}

/** All accounts' segments of one day, some at a time. */
export async function* scanDay({ client, usage }: Snapshot, day: number): AsyncGenerator<ScannedSegment> {
  let after: { readonly account: number; readonly sequence: bigint } = { account: 0, sequence: -1n };
  for (;;) {
    const { rows } = await client.query<Row>(
      `select account, day, sequence, data from ${usage.schema}.usage_segments
       where day = $1 and (account, sequence) > ($2, $3)
       order by account, sequence limit $4`,
      [day, after.account, after.sequence, READ_MODEL_LIMITS.segmentsPerRead],
    );
    for (const row of rows) yield { account: row.account, day, columns: decodeSegment(row.data) };
    const last = rows.at(-1);
    if (last === undefined || rows.length < READ_MODEL_LIMITS.segmentsPerRead) return;
    after = last;
  }
}
