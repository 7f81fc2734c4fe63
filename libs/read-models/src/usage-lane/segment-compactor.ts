import { withTransaction, type Lease } from '@app/postgres';
import type { Pool, PoolClient } from 'pg';
import { READ_MODEL_LIMITS } from '../limits.js';
import { Statement } from '../sql-text.js';
import { mergeSegments } from './merge-segments.js';
import { decodeSegment, encodeSegment } from './segment-codec.js';

const FIND = new Statement('find-unmerged-days');
const READ = new Statement('read-day-segments');
const DELETE = new Statement('delete-segments');
const INSERT = new Statement('insert-merged-segment');

/** A closed day in one segment. */
const FINAL_LEVEL = 100;
const DAY_MS = 86_400_000;
/** Segments merged at once; a day of more takes several rounds. */
const SEGMENTS_MAX = 1_000;

interface UnmergedDay {
  readonly account: number;
  readonly day: number;
  /** Null: the day is closed, all its segments become one. */
  readonly level: number | null;
}

/**
 * Keeps segments few. Of today's, every 32 of one level become one of the next; a day that is over (with a day for what
 * comes late) becomes one segment. What queries add up stays the same.
 */
export class SegmentCompactor {
  #dueAtMs = Date.now() + READ_MODEL_LIMITS.compactEveryMs;

  constructor(
    private readonly pool: Pool,
    private readonly schema: string,
    private readonly lease: Lease | null,
    private readonly nowMs: () => number = Date.now,
  ) {}

  /** Called when the lane has nothing else to do. */
  async compactWhenDue(): Promise<void> {
    if (Date.now() < this.#dueAtMs) return;
    this.#dueAtMs = Date.now() + READ_MODEL_LIMITS.compactEveryMs;
    await this.compact();
  }

  /** Merges what there is to merge, in transactions of bounded size. */
  async compact(): Promise<void> {
    for (let round = 0; round < READ_MODEL_LIMITS.compactTransactionsMax; round++) {
      const { rows } = await this.pool.query<UnmergedDay>(FIND.in(this.schema), [
        Math.floor(this.nowMs() / DAY_MS) - 1,
        READ_MODEL_LIMITS.segmentsPerMerge,
        READ_MODEL_LIMITS.compactDaysPerTransaction,
      ]);
      if (rows.length === 0) return;
      await withTransaction(this.pool, async (client) => {
        await this.lease?.assertHeld(client);
        for (const day of rows) await this.#merge(client, day);
      });
      if (rows.length < READ_MODEL_LIMITS.compactDaysPerTransaction) return;
    }
  }

  async #merge(client: PoolClient, { account, day, level }: UnmergedDay): Promise<void> {
    const { rows } = await client.query<{ sequence: bigint; level: number; data: Buffer }>(READ.in(this.schema), [
      account,
      day,
      level,
      SEGMENTS_MAX,
    ]);
    const last = rows.at(-1);
    if (last === undefined) return;
    const isWhole = level === null && rows.length < SEGMENTS_MAX;
    const merged = encodeSegment(mergeSegments(rows.map(({ data }) => decodeSegment(data))), isWhole);
    const highest = Math.max(...rows.filter((row) => row.level < FINAL_LEVEL).map((row) => row.level));
    await client.query(DELETE.in(this.schema), [account, day, rows.map(({ sequence }) => sequence)]);
    await client.query(INSERT.in(this.schema), [
      account,
      day,
      last.sequence,
      isWhole ? FINAL_LEVEL : Math.min(FINAL_LEVEL - 1, highest + 1),
      merged,
    ]);
  }
}
