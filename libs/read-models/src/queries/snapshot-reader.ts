import { rollBack } from '@app/postgres';
import type { Pool, PoolClient, QueryResult } from 'pg';
import { LIVE_GENERATIONS, toGenerations, type Checkpoint, type LaneName } from '../generations/generation.js';
import { READ_MODEL_LIMITS } from '../limits.js';

/** One lane as a snapshot sees it. */
export interface LaneView {
  readonly schema: string;
  readonly generation: number;
  readonly checkpoint: Checkpoint;
}

/** A snapshot of the database with the generations that were live in it. */
export interface Snapshot {
  readonly client: PoolClient;
  readonly accounts: LaneView;
  readonly usage: LaneView;
}

const BEGIN = `begin isolation level repeatable read read only; ${LIVE_GENERATIONS}`;
/** A table or schema that is not there: its generation was dropped between the snapshot and the query. */
const GONE = new Set(['42P01', '3F000']);

/** Runs queries on one snapshot: rows and checkpoints of both lanes fit each other, and a switch goes unnoticed. */
export class SnapshotReader {
  constructor(private readonly pool: Pool) {}

  async read<T>(query: (snapshot: Snapshot) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#readOnce(query);
      } catch (error) {
        if (!isGone(error) || attempt >= READ_MODEL_LIMITS.generationRetriesMax) throw error;
      }
    }
  }

  async #readOnce<T>(query: (snapshot: Snapshot) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    let failure: Error | undefined;
    try {
      // Two statements in one round trip answer with two results.
      const results = (await client.query(BEGIN)) as unknown;
      const rows = Array.isArray(results)
        ? (results as QueryResult[]).flatMap((result) => result.rows as unknown[])
        : [];
      const live = toGenerations(rows);
      const viewOf = (lane: LaneName): LaneView => {
        const found = live.find((generation) => generation.lane === lane);
        if (found === undefined) throw new Error(`lane ${lane} has no live generation`);
        return found;
      };
      const answer = await query({ client, accounts: viewOf('accounts'), usage: viewOf('usage') });
      await client.query('commit');
      return answer;
    } catch (error) {
      failure = await rollBack(client, error);
      throw error;
    } finally {
      client.release(failure);
    }
  }
}

/** The generation of a query was dropped before it was read. */
export function isGone(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && GONE.has(String(error.code));
}
