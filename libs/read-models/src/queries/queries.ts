import type { EventStore } from '@app/event-store';
import { formatTime, type Wallet } from '@app/metering';
import { setTimeout as sleep } from 'node:timers/promises';
import { READ_MODEL_LIMITS } from '../limits.js';
import type { ReadModels } from '../read-models.js';
import type {
  AsOf,
  BalanceAnswer,
  BrokenDownBalance,
  CreditsAnswer,
  LedgerAnswer,
  MonthlyAnswer,
  OrganisationItem,
  Page,
  ProjectionLag,
  QuarantinedRecordAnswer,
  QuarantineItem,
  TopAnswer,
  UsageAnswer,
} from './answers.js';
import { balanceAnswer, findAccount } from './balance.js';
import { consumptionByOrganisation, consumptionOf, type Consumption } from './consumption.js';
import { listCrossings, type CrossingItem } from './crossings.js';
import { listDailySpending, type DailySpending } from './daily-spending.js';
import { listDue, type DueAccount, type DueQuestion } from './due-accounts.js';
import { readLag } from './lag.js';
import { LiveAccounts } from './live-accounts.js';
import { listEntries, type LedgerRequest } from './ledger.js';
import { listCycles, type MonthlyRequest } from './monthly-summaries.js';
import { listOrganisations, type OrganisationsRequest } from './organisations.js';
import { findQuarantined, listQuarantined, type QuarantineRequest } from './quarantine.js';
import { listResourceUsage, type ResourceUsageAnswer, type ResourceUsageRequest } from './resource-usage.js';
import { SnapshotReader, type Snapshot } from './snapshot-reader.js';
import { previousOf, topAnswer, type TopRequest } from './top-consumers.js';
import { findUsageAccount, slower } from './usage-account.js';
import { listUsage, type UsageRequest } from './usage.js';

export interface QueriesOptions {
  readonly models: ReadModels;
  readonly store: EventStore;
  /** True where every event counts its position up by one, as on Postgres. */
  readonly hasDensePositions?: boolean;
}

const NOTHING: Consumption = new Map();

/**
 * Every question that the read models answer, each on one snapshot of the database, in the shapes of the HTTP contract.
 * An account that does not exist answers undefined. Requests are validated by the caller; cursors are checked here.
 */
export class Queries {
  readonly #snapshots: SnapshotReader;
  readonly #accounts: LiveAccounts;

  constructor(private readonly options: QueriesOptions) {
    const { pool } = options.models;
    this.#snapshots = new SnapshotReader(pool);
    this.#accounts = new LiveAccounts(pool, this.#snapshots);
  }

  async balance(organisation: string): Promise<BalanceAnswer | undefined> {
    const account = await this.#accounts.find(organisation);
    return account && balanceAnswer(account.view);
  }

  /** The same as JSON text, for who passes it on: it is asked for far more often than a wallet changes. */
  async balanceText(organisation: string): Promise<string | undefined> {
    const account = await this.#accounts.find(organisation);
    return account?.balance.at(account.view.asOf);
  }

  /** Balance, and beside it what each meter used in the current cycle: an answer of both lanes. */
  balanceByMeter(organisation: string): Promise<BrokenDownBalance | undefined> {
    return this.#snapshots.read(async (snapshot) => {
      const view = await findAccount(snapshot, organisation);
      const usage = await findUsageAccount(snapshot, organisation);
      if (view === undefined || usage === undefined) return undefined;
      const { items } = await listCycles(snapshot, view, usage.id, { limit: 1 });
      const breakdown = items.flatMap(({ meters }) =>
        meters.map(({ meter, pool, events, quantity, credits }) => ({ meter, pool, events, quantity, credits })),
      );
      return { ...balanceAnswer(view), asOf: slower(usage.asOf, view.asOf), breakdown };
    });
  }

  /** The account's wallet, for the gate, holds, purchases and settings of the accounts lane. */
  async wallet(organisation: string): Promise<{ readonly wallet: Wallet; readonly asOf: AsOf } | undefined> {
    return (await this.#accounts.find(organisation))?.view;
  }

  /** Balance and the newest ledger entries. */
  credits(organisation: string, limit: number): Promise<CreditsAnswer | undefined> {
    return this.#snapshots.read(async (snapshot) => {
      const view = await findAccount(snapshot, organisation);
      if (view === undefined) return undefined;
      const { items, next } = await listEntries(snapshot, organisation, { limit });
      return { ...balanceAnswer(view), entries: items, next };
    });
  }

  /** @throws {UnknownCursor} */
  ledger(organisation: string, request: LedgerRequest): Promise<LedgerAnswer | undefined> {
    return this.#snapshots.read(async (snapshot) => {
      const view = await findAccount(snapshot, organisation);
      if (view === undefined) return undefined;
      return { organisation, asOf: view.asOf, ...(await listEntries(snapshot, organisation, request)) };
    });
  }

  /** @throws {UnknownCursor | TooManyGroups} */
  usage(organisation: string, request: UsageRequest): Promise<UsageAnswer | undefined> {
    return this.#snapshots.read(async (snapshot) => {
      const account = await findUsageAccount(snapshot, organisation);
      if (account === undefined) return undefined;
      const { window, groupBy, fromMs, toMs } = request;
      const page = await listUsage(snapshot, account.id, request);
      const range = { from: formatTime(fromMs), to: formatTime(toMs) };
      return { organisation, asOf: account.asOf, ...range, window, groupBy, ...page };
    });
  }

  /** @throws {UnknownCursor} */
  monthlySummaries(organisation: string, request: MonthlyRequest): Promise<MonthlyAnswer | undefined> {
    return this.#snapshots.read(async (snapshot) => {
      const view = await findAccount(snapshot, organisation);
      const usage = await findUsageAccount(snapshot, organisation);
      if (view === undefined || usage === undefined) return undefined;
      const page = await listCycles(snapshot, view, usage.id, request);
      return { organisation, asOf: slower(usage.asOf, view.asOf), ...page };
    });
  }

  /** @throws {UnknownCursor | TooManyGroups} */
  topConsumers(organisation: string, request: TopRequest): Promise<TopAnswer | undefined> {
    return this.#snapshots.read(async (snapshot) => {
      const account = await findUsageAccount(snapshot, organisation);
      if (account === undefined) return undefined;
      const { id, asOf } = account;
      const { by, meter } = request;
      const of = { by, meter };
      if (id === null) return topAnswer(request, { current: NOTHING, previous: NOTHING }, asOf);
      const current = await consumptionOf(snapshot, id, request, of);
      const previous = await consumptionOf(snapshot, id, previousOf(request), of);
      return topAnswer(request, { current, previous }, asOf);
    });
  }

  /** The operator's view over all accounts. @throws {UnknownCursor | TooManyGroups} */
  topConsumersByOrganisation(request: Omit<TopRequest, 'by'>): Promise<TopAnswer> {
    return this.#snapshots.read(async (snapshot) => {
      const current = await consumptionByOrganisation(snapshot, request, request.meter);
      const previous = await consumptionByOrganisation(snapshot, previousOf(request), request.meter);
      return topAnswer({ ...request, by: 'organisation' }, { current, previous }, asOfAll(snapshot, 'usage'));
    });
  }

  /** @throws {UnknownCursor} */
  organisations(request: OrganisationsRequest): Promise<Page<OrganisationItem>> {
    return this.#snapshots.read(async (snapshot) => ({
      asOf: asOfAll(snapshot, 'accounts'),
      ...(await listOrganisations(snapshot, request)),
    }));
  }

  /** @throws {UnknownCursor} */
  quarantine(request: QuarantineRequest): Promise<Page<QuarantineItem>> {
    return this.#snapshots.read(async (snapshot) => ({
      asOf: asOfAll(snapshot, 'accounts'),
      ...(await listQuarantined(snapshot, request)),
    }));
  }

  quarantinedRecord(id: string): Promise<QuarantinedRecordAnswer | undefined> {
    return this.#snapshots.read((snapshot) => findQuarantined(snapshot, id));
  }

  /** Thresholds reached in the cycle that begins at `cycleStartMs`, newest first. */
  crossings(organisation: string, cycleStartMs: number): Promise<readonly CrossingItem[]> {
    return this.#snapshots.read((snapshot) => listCrossings(snapshot, organisation, cycleStartMs));
  }

  /** Usage by the values of one dimension and by meter. */
  resourceUsage(organisation: string, request: ResourceUsageRequest): Promise<ResourceUsageAnswer | undefined> {
    return this.#snapshots.read((snapshot) => listResourceUsage(snapshot, organisation, request));
  }

  /** What usage took from each pool, by day of ledger time. */
  dailySpending(
    organisation: string,
    range: { readonly fromMs: number; readonly toMs: number },
  ): Promise<readonly DailySpending[]> {
    return this.#snapshots.read((snapshot) => listDailySpending(snapshot, organisation, range));
  }

  /** Per projection: its position, and the events after it. */
  lag(): Promise<readonly ProjectionLag[]> {
    const { models, store, hasDensePositions } = this.options;
    return readLag(models.generations, store, hasDensePositions ?? true);
  }

  /**
   * Accounts of one feed partition whose time changes something at or before an instant, by due time and name: a hint
   * for schedulers, as late as the accounts lane is.
   */
  dueAccounts(question: DueQuestion): Promise<readonly DueAccount[]> {
    return this.#snapshots.read((snapshot) => listDue(snapshot, question));
  }

  /** Waits until both lanes have this revision of the account. False when they have not after `timeoutMs`. */
  async waitForRevision(organisation: string, minRevision: bigint, timeoutMs: number): Promise<boolean> {
    const deadline = Date.now() + timeoutMs;
    let pauseMs: number = READ_MODEL_LIMITS.revisionPollMinMs;
    for (;;) {
      if (await this.#hasRevision(organisation, minRevision)) return true;
      const leftMs = deadline - Date.now();
      if (leftMs <= 0) return false;
      await sleep(Math.min(pauseMs, leftMs));
      pauseMs = Math.min(pauseMs * 1.5, READ_MODEL_LIMITS.revisionPollMaxMs);
    }
  }

  /** Accounts that a lane cannot project any further, with the reason: an operator's matter. */
  faults(): Promise<readonly { readonly lane: string; readonly organisation: string; readonly reason: string }[]> {
    return this.#snapshots.read(async ({ client, accounts, usage }) => {
      const { rows } = await client.query<{ lane: string; organisation: string; reason: string }>(
        `select 'accounts' as lane, organisation, fault as reason from ${accounts.schema}.accounts where fault is not null
         union all
         select 'usage', organisation, fault from ${usage.schema}.usage_accounts where fault is not null
         limit ${READ_MODEL_LIMITS.pageItemsMax}`,
      );
      return rows;
    });
  }

  #hasRevision(organisation: string, minRevision: bigint): Promise<boolean> {
    return this.#snapshots.read(async ({ client, accounts, usage }) => {
      const { rows } = await client.query(
        `select from ${accounts.schema}.accounts a join ${usage.schema}.usage_accounts u using (organisation)
         where a.organisation = $1 and a.revision >= $2 and u.revision >= $2`,
        [organisation, minRevision],
      );
      return rows.length > 0;
    });
  }
}

const asOfAll = (snapshot: Snapshot, lane: 'accounts' | 'usage'): AsOf => ({
  revision: null,
  position: snapshot[lane].checkpoint.position.commit.toString(),
  ledgerTime: null,
});
