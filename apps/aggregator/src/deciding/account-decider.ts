import {
  NewerEventVersion,
  type Accounts,
  type DecisionOutcome,
  type LoadedAccount,
  type SealedDecision,
} from '@app/accounts';
import { EventStoreUnavailable } from '@app/event-store';
import { feedKey, type AccountState, type Catalog, type QuarantinedRecord, type UsageRecord } from '@app/metering';
import type { CrashPoint } from '../crash-points.js';
import type { Tally } from '../health/tally.js';
import type { FeedIdentity } from '../records/prepare-batch.js';
import type { AggregatorSettings } from '../settings.js';
import { AccountFault } from './account-fault.js';
import type { AccountLocks } from './account-locks.js';
import { WindowRefused, type AppendWindow } from './append-window.js';
import { BackOff } from './back-off.js';
import { decideRecords, type Decided } from './decide-records.js';
import type { DecidingGate } from './deciding-gate.js';
import { identitiesNeeded } from './identities-needed.js';
import { Permits } from './permits.js';
import { ProcessAbandoned, Stopping } from './process-abandoned.js';
import { Share } from './share.js';

export interface DeciderParts {
  readonly accounts: Accounts;
  readonly locks: AccountLocks;
  readonly window: AppendWindow;
  readonly gate: DecidingGate;
  readonly tally: Tally;
  readonly nowMs: () => number;
  readonly settings: AggregatorSettings;
  readonly signal: AbortSignal;
  readonly crashPoint: CrashPoint;
}

/** One account's records of one batch. */
export interface AccountWork {
  readonly organisation: string;
  readonly records: readonly UsageRecord[];
  readonly feed: FeedIdentity;
  /** True while the account is parked, here or by another partition. */
  readonly isParked: () => boolean;
  /** Keeps records that no account can hold, before later records of the same batch are decided. */
  readonly keepUnhosted: (records: readonly QuarantinedRecord[]) => Promise<void>;
  /** Something was appended or skipped: the watchdog hears of it. */
  readonly onProgress: () => void;
}

export interface AccountOutcome {
  /** Records that no account can hold. */
  readonly unhosted: readonly QuarantinedRecord[];
  /** Records that were not decided because the account cannot be. */
  readonly undecided: readonly UsageRecord[];
  /** Why it cannot; undefined where it was parked before. */
  readonly fault: AccountFault | undefined;
}

interface StepOptions {
  readonly share: Share;
  /** The records were in the feed by then. */
  readonly sinceMs: number;
}

interface Step {
  readonly next: number;
  readonly unhosted: readonly QuarantinedRecord[];
}

/** Decides the records of one account after the other's, and appends each decision before the next is made. */
export class AccountDecider {
  readonly #loads: Permits;

  constructor(private readonly parts: DeciderParts) {
    this.#loads = new Permits(parts.settings.loadsMax);
  }

  /** Until every record is decided, or the account proves undecidable. @throws {Stopping | NewerEventVersion} */
  async decide(work: AccountWork): Promise<AccountOutcome> {
    const { locks, nowMs, settings } = this.parts;
    const { organisation, records } = work;
    const held = locks.acquire(organisation);
    if (held !== undefined) await held;
    const options = { share: new Share(settings), sinceMs: nowMs() };
    let backOff: BackOff | undefined;
    let unhosted: readonly QuarantinedRecord[] = [];
    let next = 0;
    try {
      while (next < records.length) {
        if (work.isParked()) return { unhosted, undecided: records.slice(next), fault: undefined };
        try {
          // A crash must not find them missing when a later append has moved the account's offset past them.
          if (unhosted.length > 0) await work.keepUnhosted(unhosted);
          unhosted = [];
          ({ next, unhosted } = await this.#step(work, next, options));
          work.onProgress();
          backOff = undefined;
        } catch (error) {
          if (error instanceof AccountFault) return { unhosted, undecided: records.slice(next), fault: error };
          backOff ??= new BackOff(settings, this.parts.signal);
          await this.#beforeRetry(error, options.share, backOff);
        }
      }
      return { unhosted, undecided: NO_RECORDS, fault: undefined };
    } finally {
      locks.release(organisation);
    }
  }

  /** Errors that are not the account's own: what has to be done before its records are decided again. */
  async #beforeRetry(error: unknown, share: Share, backOff: BackOff): Promise<void> {
    if (error instanceof WindowRefused) share.isAlone = true;
    else if (error instanceof EventStoreUnavailable) await backOff.wait();
    else throw error;
    this.parts.tally.retries += 1;
  }

  async #step(work: AccountWork, from: number, { share, sinceMs }: StepOptions): Promise<Step> {
    const { organisation, records, feed } = work;
    const { gate, tally, accounts, nowMs } = this.parts;
    // Most accounts are in memory with all that deciding needs: they are decided without waiting for anything.
    const account = this.#loaded(organisation) ?? (await this.#load(organisation));
    const next = firstUndecided(account.state, records, { from, feed });
    tally.skipped += next - from;
    if (next === records.length) return { next, unhosted: [] };
    const taken = share.take(records, next);
    const loading = this.#loadIdentities(account, taken);
    if (loading !== undefined) await loading;
    const catalog = gate.catalog ?? (await gate.opened());
    const decided = decideRecords(accounts, account, { records: taken, feed, catalog, nowMs: nowMs() });
    const { sealed, counts, count, unhosted } = decided;
    if (counts.quarantined > 0 && (await this.#isWithdrawn(account, { decided, catalog, sinceMs })))
      return { next, unhosted: [] };
    if (sealed === 'too-large') {
      share.shrink(taken.length);
      return { next, unhosted: [] };
    }
    if (sealed !== null) {
      const { kind } = await this.#append(sealed, share.isAlone);
      if (kind === 'conflict') {
        // Somebody else has written to the account.
        tally.conflicts += 1;
        share.halve(taken.length);
        return { next, unhosted: [] };
      }
      tally.appends += 1;
      share.succeeded();
    }
    tally.count(counts);
    return { next: next + count, unhosted };
  }

  #loaded(organisation: string): LoadedAccount | undefined {
    this.parts.crashPoint('account.before-load');
    const account = this.parts.accounts.loaded(organisation);
    if (account !== undefined) this.parts.crashPoint('account.loaded');
    return account;
  }

  async #load(organisation: string): Promise<LoadedAccount> {
    const account = await this.#reading(organisation, () => this.parts.accounts.load(organisation));
    this.parts.crashPoint('account.loaded');
    return account;
  }

  #loadIdentities(account: LoadedAccount, records: readonly UsageRecord[]): Promise<void> | void {
    const { accounts } = this.parts;
    const needed = identitiesNeeded(account.state, records);
    if (accounts.hasIdentities(account, needed)) return;
    return this.#reading(account.organisation, () => accounts.loadIdentities(account, needed));
  }

  /** Whatever a read throws that is neither the store's nor the release's fault is the account's. */
  async #reading<T>(organisation: string, read: () => Promise<T>): Promise<T> {
    try {
      return await this.#loads.run(read);
    } catch (error) {
      throw isOfProcess(error) ? error : new AccountFault(organisation, error);
    }
  }

  /** Whether what was decided is outdated, and abandoned; also where nobody can say. */
  async #isWithdrawn(
    account: LoadedAccount,
    given: { readonly decided: Decided; readonly catalog: Catalog; readonly sinceMs: number },
  ): Promise<boolean> {
    const { accounts } = this.parts;
    try {
      if (!(await this.#isOutdated(account, given))) return false;
    } catch (error) {
      accounts.abandon(account);
      throw error;
    }
    accounts.abandon(account);
    return true;
  }

  /**
   * Whether records were refused for the lack of an account, or of something in the catalog, that is there by now:
   * both may be younger than what is known here, and older than the records.
   */
  async #isOutdated(
    { organisation, revision }: LoadedAccount,
    given: { readonly decided: Decided; readonly catalog: Catalog; readonly sinceMs: number },
  ): Promise<boolean> {
    const { decided, catalog, sinceMs } = given;
    if (decided.isRefusedByCatalog && (await this.parts.gate.isSuperseded(catalog, sinceMs))) return true;
    if (decided.unhosted.length === 0) return false;
    const fresh = await this.#reading(organisation, () => this.parts.accounts.loadFresh(organisation));
    return fresh.revision !== revision;
  }

  #append(decision: SealedDecision, isAlone: boolean): Promise<DecisionOutcome> {
    return this.parts.window.append({ decision, isAlone }).catch((error: unknown) => {
      const isKnown = isOfProcess(error) || error instanceof WindowRefused;
      throw isKnown ? error : new AccountFault(decision.account.organisation, error);
    });
  }
}

const NO_RECORDS: readonly UsageRecord[] = [];

/** Errors that say nothing about the account. */
export function isOfProcess(error: unknown): boolean {
  return (
    error instanceof EventStoreUnavailable ||
    error instanceof NewerEventVersion ||
    error instanceof ProcessAbandoned ||
    error instanceof Stopping
  );
}

/** Records at or below the folded offset are decided, whatever validation would say today. */
function firstUndecided(
  state: AccountState,
  records: readonly UsageRecord[],
  at: { readonly from: number; readonly feed: FeedIdentity },
): number {
  const folded = state.offsets.get(feedKey(at.feed));
  if (folded === undefined) return at.from;
  let next = at.from;
  for (let record = records[next]; record !== undefined && record.offset <= folded; record = records[next]) next += 1;
  return next;
}
