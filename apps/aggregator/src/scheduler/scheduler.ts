import { partitionOf } from '@app/usage-feed';
import type { Accounts, SealedDecision } from '@app/accounts';
import { EventStoreUnavailable } from '@app/event-store';
import { advance, cloneForDecision, decideClosing, Drafting, nextDueMs, type AccountEvent } from '@app/metering';
import type { CrashPoint } from '../crash-points.js';
import type { AccountLocks } from '../deciding/account-locks.js';
import type { AppendWindow } from '../deciding/append-window.js';
import type { DecidingGate } from '../deciding/deciding-gate.js';
import { ProcessAbandoned } from '../deciding/process-abandoned.js';
import type { Tally } from '../health/tally.js';
import { describeError, type Log } from '../log.js';
import type { FeedOverview, FeedView } from '../partitions/feed-overview.js';
import type { OwnedPartition } from '../partitions/owned-partition.js';
import type { ParkedAccounts } from '../partitions/parked-accounts.js';
import type { Partitions } from '../partitions/partitions.js';
import type { Unparking } from '../partitions/unparking.js';
import type { AggregatorSettings } from '../settings.js';
import type { DueAccount, DueAccounts } from './due-accounts.js';

export interface SchedulerParts {
  readonly accounts: Accounts;
  readonly locks: AccountLocks;
  readonly window: AppendWindow;
  readonly gate: DecidingGate;
  readonly partitions: Partitions;
  readonly overview: FeedOverview;
  readonly parked: ParkedAccounts;
  readonly unparking: Unparking;
  readonly dueAccounts: DueAccounts;
  readonly liveTopic: string;
  readonly settings: AggregatorSettings;
  readonly signal: AbortSignal;
  readonly tally: Tally;
  readonly log: Log;
  readonly crashPoint: CrashPoint;
  readonly onFatal: (error: unknown) => void;
}

/** Appends of one account in one pass; what is left is done in the next. */
const APPENDS_MAX = 1_000;

/**
 * Time for accounts that nothing else moves: advances them to their partition's feed mark, and closes cycles that every
 * written mark has passed. Only accounts of our live partitions; those on history or a manual clock never.
 */
export class Scheduler {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  constructor(private readonly parts: SchedulerParts) {}

  start(): void {
    this.#timer ??= setInterval(() => void this.pass(), this.parts.settings.scheduleEveryMs).unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#running;
  }

  /** Looks at everything that is due once, and at what operators let go on; a pass under way is not overtaken by another. */
  pass(): Promise<void> {
    this.#running ??= this.#pass().finally(() => (this.#running = undefined));
    return this.#running;
  }

  async #pass(): Promise<void> {
    const { overview, partitions, unparking, liveTopic, log } = this.parts;
    try {
      const view = await overview.read();
      await unparking.pass();
      for (const owned of Array.from(partitions.owned)) {
        if (owned.isLost || owned.stream.partition.topic !== liveTopic) continue;
        await this.#passPartition(owned, view);
      }
    } catch (error) {
      if (error instanceof ProcessAbandoned) this.parts.onFatal(error);
      // Whatever kept this pass from its end, the next one begins anew.
      else log.warn(describeError(error), 'A pass over due accounts ended early');
    }
  }

  async #passPartition(owned: OwnedPartition, view: FeedView): Promise<void> {
    const { dueAccounts, gate, settings, signal } = this.parts;
    const { partition } = owned.stream.partition;
    const { graceMs } = gate.catalog ?? (await gate.opened());
    const question = { markMs: owned.markMs, graceMs, partitions: view.livePartitions, partition };
    let after: DueAccount | undefined;
    while (!signal.aborted && !owned.isLost) {
      const page = await dueAccounts({
        ...question,
        limit: settings.dueAccountsMax,
        ...(after === undefined ? {} : { after }),
      });
      await Promise.all(page.map(({ organisation }) => this.#lookAt(organisation, owned, view)));
      after = page.at(-1);
      if (page.length < settings.dueAccountsMax) return;
    }
  }

  async #lookAt(organisation: string, owned: OwnedPartition, view: FeedView): Promise<void> {
    const { locks, parked, log } = this.parts;
    if (partitionOf(Buffer.from(organisation, 'utf8'), view.livePartitions) !== owned.stream.partition.partition)
      return;
    const held = locks.acquire(organisation);
    if (held !== undefined) await held;
    try {
      for (let appends = 0; appends < APPENDS_MAX; appends += 1) {
        if (parked.has(organisation) || owned.isLost || !(await this.#step(organisation, owned, view))) return;
      }
    } catch (error) {
      if (error instanceof ProcessAbandoned) throw error;
      if (error instanceof EventStoreUnavailable) throw error;
      // Usage parks an account that cannot be decided; until then others must have their turn (I9).
      log.error(describeError(error), 'An account could not be advanced');
    } finally {
      locks.release(organisation);
    }
  }

  /** One append; false when nothing is left to do. */
  async #step(organisation: string, owned: OwnedPartition, view: FeedView): Promise<boolean> {
    const { accounts, gate, window, tally, crashPoint } = this.parts;
    const catalog = gate.catalog ?? (await gate.opened());
    const account = await accounts.load(organisation);
    const { wallet } = account.state;
    if (!wallet.isOpen || wallet.clock !== 'live') return false;
    const dueMs = nextDueMs(wallet, catalog.graceMs);
    if (dueMs === null || dueMs > owned.markMs) return false;
    const draft = cloneForDecision(account.state);
    const drafting = new Drafting(draft, catalog, account.revision + 1n);
    let events: readonly AccountEvent[];
    let sealed: SealedDecision;
    try {
      const isComplete = advance(drafting, owned.markMs, false);
      if (isComplete && view.closingMarkMs !== null) decideClosing(drafting, view.closingMarkMs);
      ({ events } = drafting);
      if (events.length === 0) return false;
      sealed = accounts.seal({ account, draft, events });
    } catch (error) {
      accounts.abandon(account);
      throw error;
    }
    crashPoint('schedule.before-append');
    const outcome = await window.append({ decision: sealed, isAlone: false });
    crashPoint('schedule.after-append');
    if (outcome.kind === 'conflict') return true;
    tally.scheduledAppends += 1;
    for (const event of events) if (event.type === 'CycleClosed') tally.closedCycles += 1;
    return true;
  }
}
