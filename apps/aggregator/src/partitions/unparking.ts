import type { Accounts, CatalogStream, FeedEvent, ParkedRecord, UnparkRequests } from '@app/accounts';
import type { PublishRecord, UsageFeed } from '@app/usage-feed';
import type { CrashPoint } from '../crash-points.js';
import { ProcessAbandoned } from '../deciding/process-abandoned.js';
import { describeError, type Log } from '../log.js';
import type { Topics } from '../topics.js';
import type { KeptRecords } from './kept-records.js';
import type { OwnedPartition } from './owned-partition.js';
import type { ParkedAccounts } from './parked-accounts.js';
import type { Partitions } from './partitions.js';

export interface UnparkingParts {
  readonly feed: UsageFeed;
  readonly topics: Topics;
  readonly partitions: Partitions;
  readonly parked: ParkedAccounts;
  readonly requests: UnparkRequests;
  readonly kept: KeptRecords;
  readonly accounts: Accounts;
  readonly catalogs: CatalogStream;
  readonly nowMs: () => number;
  readonly log: Log;
  readonly crashPoint: CrashPoint;
}

/**
 * Lets accounts be decided again that operators asked for. What was kept of one is published once more, in order, on
 * the feed that only we write, when no partition parks it any more. Everything that is left to do stands in the
 * partitions' streams: after a crash, or under another owner, a later pass goes on where this one ended.
 *
 *   parked ──asked──▶ releasing ──nobody parks it──▶ published        parked again meanwhile: parked
 */
export class Unparking {
  constructor(private readonly parts: UnparkingParts) {}

  /** After a fresh look at what every partition's stream parks. @throws {EventStoreUnavailable} */
  async pass(): Promise<void> {
    const { partitions, parked, requests } = this.parts;
    await requests.refresh();
    const owned = Array.from(partitions.owned).filter(({ isLost }) => !isLost);
    // All of them first: a record that is published must not meet an account that another partition still parks.
    for (const each of owned) await this.#release(each);
    for (const each of owned) {
      for (const organisation of Array.from(each.stream.state.releasing))
        if (!parked.has(organisation)) await this.#othersFlow(() => this.#publishKept(each, organisation));
    }
  }

  async #release(owned: OwnedPartition): Promise<void> {
    const { parked, requests } = this.parts;
    for (const [organisation, { fromOffset }] of Array.from(owned.stream.state.parked)) {
      const isAsked = requests.has({ ...owned.stream.partition, fromOffset });
      // A batch that was under way when the account was let go may have parked it once more, for no reason of its own.
      if (isAsked || parked.isEchoedOnly(organisation))
        await this.#othersFlow(() => this.#releaseAccount(owned, organisation));
    }
  }

  async #releaseAccount(owned: OwnedPartition, organisation: string): Promise<void> {
    const { accounts, catalogs, crashPoint, nowMs, parked } = this.parts;
    // The cause may have been mended a moment ago: in the account's stream, or by a newer catalog.
    accounts.forget(organisation);
    await catalogs.refresh();
    crashPoint('unpark.before-release');
    await owned.stream.append([{ type: 'AccountUnparked', organisation, atMs: nowMs() }]);
    crashPoint('unpark.after-release');
    parked.remove(organisation, owned.name);
  }

  async #publishKept(owned: OwnedPartition, organisation: string): Promise<void> {
    const { kept, log, nowMs } = this.parts;
    let published = 0;
    for await (const records of kept.unpublished(owned.stream.partition, organisation))
      published += await this.#publish(owned, records);
    await owned.stream.append([{ type: 'ParkedRecordsPublished', organisation, atMs: nowMs() }]);
    log.info({ partition: owned.name, records: published }, 'An account is not parked any more');
  }

  async #publish(owned: OwnedPartition, records: readonly ParkedRecord[]): Promise<number> {
    const { feed, kept, topics, nowMs, crashPoint, log } = this.parts;
    const ready: { readonly id: string; readonly record: PublishRecord }[] = [];
    for (const record of records) {
      const again = await kept.publishable(owned.stream.partition, record);
      if (again === undefined)
        log.error({ record: record.id }, 'The log has lost a parked record that is too long to keep');
      else ready.push({ id: record.id, record: again });
    }
    if (ready.length === 0) return 0;
    crashPoint('unpark.before-publish');
    await feed.publish(
      topics.requeue,
      ready.map(({ record }) => record),
    );
    crashPoint('unpark.after-publish');
    const atMs = nowMs();
    await owned.stream.append(
      ready.map(({ id }): FeedEvent => ({ type: 'QuarantineRequeued', id, actor: null, atMs })),
    );
    crashPoint('unpark.after-append');
    return ready.length;
  }

  /** What keeps one account is tried again in the next pass; the others have their turn (I9). */
  async #othersFlow(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof ProcessAbandoned) throw error;
      this.parts.log.error(describeError(error), 'A parked account could not be let go');
    }
  }
}
