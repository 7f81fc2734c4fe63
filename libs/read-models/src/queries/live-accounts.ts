import type { Pool } from 'pg';
import { readWallet } from '../accounts-lane/wallet-codec.js';
import { BoundedCache } from '../lanes/bounded-cache.js';
import { READ_MODEL_LIMITS } from '../limits.js';
import { Statement } from '../sql-text.js';
import { accountView, findAccount, type AccountRow, type AccountView } from './balance.js';
import { isGone, type LaneView, type SnapshotReader } from './snapshot-reader.js';

const FIND = new Statement('find-live-account');

/** `wallet` null: it is that of the revision which was known. */
interface FoundAccount extends Omit<AccountRow, 'wallet'> {
  readonly wallet: string | null;
}

type FoundRow = { readonly position_commit: bigint } & (FoundAccount | { readonly revision: null });

/** The generation that was live last, and what was read of it. */
interface Live {
  readonly lane: LaneView;
  readonly views: BoundedCache<string, AccountView>;
}

/**
 * Single accounts, in one round trip: a statement is a snapshot by itself. What it finds is believed only where the
 * generation that was live last still is. A revision has one wallet in a generation, so it comes when it is another one.
 */
export class LiveAccounts {
  #live: Live | undefined;

  constructor(
    private readonly pool: Pool,
    private readonly snapshots: SnapshotReader,
  ) {}

  /** As `findAccount`. Wallets are shared by all who ask: nobody changes one. */
  async find(organisation: string): Promise<AccountView | undefined> {
    const found = this.#live && (await this.#findIn(this.#live, organisation));
    if (found !== undefined) return found.view;
    return this.snapshots.read((snapshot) => {
      this.#live = { lane: snapshot.accounts, views: new BoundedCache(READ_MODEL_LIMITS.walletsReadMax) };
      return findAccount(snapshot, organisation);
    });
  }

  /** Undefined where that generation is live no more. */
  async #findIn({ lane, views }: Live, organisation: string): Promise<{ view: AccountView | undefined } | undefined> {
    const known = views.get(organisation);
    const row = await this.#read(lane, [organisation, lane.generation, known?.revision ?? null]);
    if (row === undefined) return undefined;
    if (row.revision === null) return { view: undefined };
    const wallet = known && row.wallet === null ? known.wallet : readWallet(row.wallet ?? '');
    const view = accountView(row, { organisation, wallet, position: row.position_commit });
    const isLarge = row.wallet !== null && row.wallet.length > READ_MODEL_LIMITS.walletCharsRememberedMax;
    if (view !== undefined && !isLarge) {
      views.set(organisation, view);
      views.trim();
    }
    return { view };
  }

  async #read({ schema }: LaneView, values: unknown[]): Promise<FoundRow | undefined> {
    try {
      const { rows } = await this.pool.query<FoundRow>({ name: `${schema}:live`, text: FIND.in(schema), values });
      return rows[0];
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }
}
