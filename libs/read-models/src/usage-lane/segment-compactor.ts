import { withTransaction, type Lease } from '@app/postgres';
import type { Pool, PoolClient } from 'pg';
import { READ_MODEL_LIMITS } from '../limits.js';
import { Statement } from '../sql-text.js';
import { mergeSegments } from './merge-segments.js';
import { decodeSegment, encodeSegment } from './segment-codec.js';
import { Segment } from './segment.js';
import { sumsByValue } from './sums-by-value.js';

const FIND = new Statement('find-unmerged-days');
const READ = new Statement('read-day-segments');
const DELETE = new Statement('delete-segments');
const INSERT = new Statement('insert-merged-segment');

/** Merged no more: of a closed day, or large enough. */
const FINAL_LEVEL = 100;
const DAY_MS = 86_400_000;

interface UnmergedDay {
  readonly account: number;
  readonly day: number;
  /** Null: the day is closed, all its segments become one. */
  readonly level: number | null;
}

/**
 * Keeps segments few. Of today's, every 32 of one level become one of the next; a day that is over (with a day for what
 * comes late) becomes one segment, or a few large ones. What queries add up stays the same.
 */
export class SegmentCompactor {
  #dueAtMs = Date.now() + READ_MODEL_LIMITS.compactEveryMs;

  constructor(
    private readonly pool: Pool,
    private readonly schema: string,
    private readonly lease: Lease | null,
    private readonly nowMs: () => number = Date.now,
  ) {}

  /** Merges now and then; for a moment only, when events are waiting. */
  async compactWhenDue({ isBusy }: { readonly isBusy: boolean }): Promise<void> {
    const nowMs = Date.now();
    if (nowMs < this.#dueAtMs) return;
    await this.compact(isBusy ? nowMs + READ_MODEL_LIMITS.compactBusyMs : Number.POSITIVE_INFINITY);
    this.#dueAtMs = Date.now() + READ_MODEL_LIMITS.compactEveryMs;
  }

  /** Merges what there is to merge, in transactions of bounded size, and begins none after `untilMs`. */
  async compact(untilMs = Number.POSITIVE_INFINITY): Promise<void> {
    while (Date.now() < untilMs) {
      const { rows } = await this.pool.query<UnmergedDay>(FIND.in(this.schema), [
        Math.floor(this.nowMs() / DAY_MS) - 1,
        READ_MODEL_LIMITS.segmentsPerMerge,
        READ_MODEL_LIMITS.compactDaysPerLook,
      ]);
      const size = READ_MODEL_LIMITS.compactDaysPerTransaction;
      for (let from = 0; from < rows.length && Date.now() < untilMs; from += size)
        await this.#mergeAll(rows.slice(from, from + size));
      if (rows.length < READ_MODEL_LIMITS.compactDaysPerLook) return;
    }
  }

  async #mergeAll(days: readonly UnmergedDay[]): Promise<void> {
    await withTransaction(this.pool, async (client) => {
      await this.lease?.assertHeld(client);
      for (const day of days) await this.#merge(client, day);
    });
  }

  async #merge(client: PoolClient, { account, day, level }: UnmergedDay): Promise<void> {
    const { segmentBytesFull, mergeBytesMax, sumsRowsMin } = READ_MODEL_LIMITS;
    const { rows } = await client.query<{ sequence: bigint; level: number; data: Buffer }>(READ.in(this.schema), [
      account,
      day,
      level,
      segmentBytesFull,
      mergeBytesMax,
    ]);
    const last = rows.at(-1);
    if (last === undefined) return;
    const isClosed = level === null;
    const merged = mergeSegments(decoded(rows));
    const data = encodeSegment(merged, isClosed);
    const sums = merged.rows < sumsRowsMin ? null : encodeSegment(sumsByValue(merged), isClosed);
    const mergedLevel = isClosed || data.length >= segmentBytesFull ? FINAL_LEVEL : level + 1;
    await client.query(DELETE.in(this.schema), [account, day, rows.map(({ sequence }) => sequence)]);
    const values = [account, day, last.sequence, Math.min(FINAL_LEVEL, mergedLevel), data, sums];
    await client.query(INSERT.in(this.schema), values);
  }
}

/** One after the other, all in one object: most are small, and its columns would cost more than what they hold. */
function* decoded(rows: readonly { readonly data: Buffer }[]): Generator<Segment> {
  const segment = new Segment();
  for (const { data } of rows) yield decodeSegment(data, segment);
}
