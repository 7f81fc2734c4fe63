import type { FeedEvent, ParkedRecord } from '@app/accounts';
import type { AccountDecider, AccountOutcome } from '../deciding/account-decider.js';
import { describeError, type Log } from '../log.js';
import type { AccountRecords, PreparedBatch, UnhostedQuarantine } from '../records/prepare-batch.js';
import type { AggregatorSettings } from '../settings.js';
import type { Topics } from '../topics.js';
import { accountParked, parkedRecord, type Collected } from './collected-records.js';
import { ECHOED, type ParkedAccounts } from './parked-accounts.js';
import type { PartitionStream } from './partition-stream.js';

export interface BatchDecidingParts {
  readonly topics: Topics;
  readonly decider: AccountDecider;
  readonly parked: ParkedAccounts;
  readonly log: Log;
  readonly nowMs: () => number;
  readonly settings: AggregatorSettings;
}

interface BatchDecidingHooks {
  /** Keeps records that no account can hold before later ones of their batch are decided. */
  readonly keep: (records: readonly UnhostedQuarantine[]) => Promise<void>;
  readonly onProgress: () => void;
}

interface Collecting extends Collected {
  readonly notes: FeedEvent[];
  readonly unhosted: UnhostedQuarantine[];
  readonly parked: ParkedRecord[];
}

/** Decides the batches of one partition, many accounts at once, and collects what no account can hold. */
export class BatchDeciding {
  constructor(
    /** As logs call the partition. */
    private readonly name: string,
    private readonly stream: PartitionStream,
    private readonly parts: BatchDecidingParts,
    private readonly hooks: BatchDecidingHooks,
  ) {}

  /** @throws {Stopping | NewerEventVersion | PartitionLost} after every account that was begun has come to its end */
  async decide({ accounts, unreadable }: PreparedBatch): Promise<Collected> {
    const { accountsAtOnceMax } = this.parts.settings;
    const collected: Collecting = { notes: [], unhosted: [...unreadable], parked: [] };
    for (let from = 0; from < accounts.length; from += accountsAtOnceMax) {
      await this.#decideAll(accounts.slice(from, from + accountsAtOnceMax), collected);
    }
    return collected;
  }

  async #decideAll(accounts: readonly AccountRecords[], collected: Collecting): Promise<void> {
    const settled = await Promise.allSettled(accounts.map((account) => this.#decideAccount(account)));
    for (const [index, result] of settled.entries()) {
      if (result.status === 'rejected') throw result.reason;
      const account = accounts[index];
      if (account !== undefined) this.#collect(collected, account, result.value);
    }
  }

  #decideAccount({ organisation, records }: AccountRecords): Promise<AccountOutcome> {
    const { decider, parked } = this.parts;
    const { keep, onProgress } = this.hooks;
    return decider.decide({
      organisation,
      records,
      feed: this.stream.partition,
      isParked: () => parked.count > 0 && parked.has(organisation),
      keepUnhosted: (unhosted) => keep(unhosted.map((record) => ({ ...record, organisation }))),
      onProgress,
    });
  }

  #collect(collected: Collecting, { organisation }: AccountRecords, outcome: AccountOutcome): void {
    const { parked, topics, nowMs, log } = this.parts;
    for (const record of outcome.unhosted) collected.unhosted.push({ ...record, organisation });
    const [first] = outcome.undecided;
    if (first === undefined) return;
    const { fault } = outcome;
    if (!this.stream.state.parked.has(organisation)) {
      // Each partition's stream says for itself that it keeps records of the account.
      const why = fault ?? { organisation, reason: ECHOED, detail: 'the account is parked by another partition' };
      collected.notes.push(accountParked(why, nowMs(), first.offset));
      parked.add(organisation, this.name, why.reason);
      const at = { partition: this.name, offset: String(first.offset) };
      log.error({ ...at, ...describeError(fault) }, 'An account is parked');
    }
    const at = { feed: this.stream.partition, topics, detail: fault?.detail ?? 'the account is parked' };
    for (const record of outcome.undecided) collected.parked.push(parkedRecord(record, organisation, at));
  }
}
