import { GroupedReads, readTexts } from '@app/postgres';
import type { Pool } from 'pg';
import { readWallet } from '../accounts-lane/wallet-codec.js';
import { BoundedCache } from '../lanes/bounded-cache.js';
import { READ_MODEL_LIMITS } from '../limits.js';
import { Statement } from '../sql-text.js';
import { accountView, BalanceText, findAccount, type AccountRow, type AccountView } from './balance.js';
import { isGone, type LaneView, type SnapshotReader } from './snapshot-reader.js';

const FIND = new Statement('find-live-accounts');

/** `wallet` null: it is that of the revision which was known. */
interface FoundAccount extends Omit<AccountRow, 'wallet'> {
  readonly wallet: string | null;
}

type FoundRow = { readonly position_commit: bigint } & (FoundAccount | { readonly revision: null });

/** The same as the server writes it. */
type FoundTexts = readonly [position: string, revision: string | null, ledgerTimeMs: string, wallet: string | null];

const foundRow = ([position, revision, ledgerTimeMs, wallet]: FoundTexts): FoundRow => ({
  position_commit: BigInt(position),
  ...(revision === null ? { revision } : { revision: BigInt(revision), ledger_time_ms: BigInt(ledgerTimeMs), wallet }),
});

/** An account, and the revision of it that is known. */
interface Question {
  readonly organisation: string;
  readonly knownRevision: bigint | null;
}

/** An account as it is now, and what was said of its wallet before. */
interface LiveAccount {
  readonly view: AccountView;
  readonly balance: BalanceText;
}

/** The generation that was live last, and what was read of it. A row is undefined where it is live no more. */
interface Live {
  readonly known: BoundedCache<string, LiveAccount>;
  readonly rows: GroupedReads<Question, FoundRow | undefined>;
}

/**
 * Single accounts, in one round trip, together with whoever else asks: a statement is a snapshot by itself. What it
 * finds is believed only where the generation that was live last still is. A revision has one wallet in a generation,
 * so it comes when it is another one.
 */
export class LiveAccounts {
  #live: Live | undefined;

  constructor(
    private readonly pool: Pool,
    private readonly snapshots: SnapshotReader,
  ) {}

  /** As `findAccount`. Wallets are shared by all who ask: nobody changes one. */
  async find(organisation: string): Promise<LiveAccount | undefined> {
    const found = this.#live && (await this.#findIn(this.#live, organisation));
    if (found !== undefined) return found.account;
    return this.snapshots.read(async (snapshot) => {
      this.#live = {
        known: new BoundedCache(READ_MODEL_LIMITS.walletsReadMax),
        rows: this.#rowsOf(snapshot.accounts),
      };
      const view = await findAccount(snapshot, organisation);
      return view && { view, balance: new BalanceText(view) };
    });
  }

  /** Undefined where that generation is live no more. */
  async #findIn(
    { known, rows }: Live,
    organisation: string,
  ): Promise<{ account: LiveAccount | undefined } | undefined> {
    const before = known.get(organisation);
    const row = await rows.ask({ organisation, knownRevision: before?.view.revision ?? null });
    if (row === undefined) return undefined;
    if (row.revision === null) return { account: undefined };
    const same = row.wallet === null ? before : undefined;
    const wallet = same?.view.wallet ?? readWallet(row.wallet ?? '');
    const view = accountView(row, { organisation, wallet, position: row.position_commit });
    if (view === undefined) return { account: undefined };
    if (same !== undefined) return { account: { view, balance: same.balance } };
    const account = { view, balance: new BalanceText(view) };
    const isLarge = row.wallet !== null && row.wallet.length > READ_MODEL_LIMITS.walletCharsRememberedMax;
    if (!isLarge) {
      known.set(organisation, account);
      known.trim();
    }
    return { account };
  }

  #rowsOf({ schema, generation }: LaneView): Live['rows'] {
    const statement = { name: `${schema}:live`, text: FIND.in(schema) };
    return new GroupedReads(async (questions) => {
      const organisations = questions.map(({ organisation }) => organisation);
      const revisions = questions.map(({ knownRevision }) => knownRevision);
      const values = [generation, organisations, revisions];
      try {
        const rows = await readTexts<FoundTexts>(this.pool, statement, values);
        return rows.length === 0 ? questions.map(() => undefined) : rows.map(foundRow);
      } catch (error) {
        if (isGone(error)) return questions.map(() => undefined);
        throw error;
      }
    });
  }
}
