import type { Pool } from 'pg';
import { Statement } from '../sql-text.js';
import { accountView, findAccount, type AccountRow, type AccountView } from './balance.js';
import { isGone, type LaneView, type SnapshotReader } from './snapshot-reader.js';

const FIND = new Statement('find-live-account');

type LiveRow = { readonly position_commit: bigint } & (AccountRow | { readonly revision: null });

/**
 * Single accounts, in one round trip: a statement is a snapshot by itself. The generation that was live last is
 * remembered; what the statement finds is believed only where that generation still is.
 */
export class LiveAccounts {
  #lane: LaneView | undefined;

  constructor(
    private readonly pool: Pool,
    private readonly snapshots: SnapshotReader,
  ) {}

  /** As `findAccount`. */
  async find(organisation: string): Promise<AccountView | undefined> {
    const row = await this.#findIn(this.#lane, organisation);
    if (row !== undefined)
      return row.revision === null ? undefined : accountView(organisation, row, row.position_commit);
    return this.snapshots.read((snapshot) => {
      this.#lane = snapshot.accounts;
      return findAccount(snapshot, organisation);
    });
  }

  /** Undefined where that generation is live no more. */
  async #findIn(lane: LaneView | undefined, organisation: string): Promise<LiveRow | undefined> {
    if (lane === undefined) return undefined;
    const { schema, generation } = lane;
    try {
      const values = [organisation, generation];
      const { rows } = await this.pool.query<LiveRow>({ name: `${schema}:live`, text: FIND.in(schema), values });
      return rows[0];
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }
}
