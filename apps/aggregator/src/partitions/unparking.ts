import {
  feedEvents,
  feedStream,
  type Accounts,
  type FeedEvent,
  type FeedPartition,
  type ParkedRecord,
} from '@app/accounts';
import type { EventStore } from '@app/event-store';
import {
  ADJUST_HEADER,
  CONTENT_TYPE_HEADER,
  ORIGINAL_TIMESTAMP_HEADER,
  ORIGINAL_TOPIC_HEADER,
  STRUCTURED_EVENT_TYPE,
  type FeedRecord,
  type PublishRecord,
  type UsageFeed,
} from '@app/usage-feed';
import type { CrashPoint } from '../crash-points.js';
import type { Log } from '../log.js';
import { RAW_BYTES_KEPT, sha256Of } from '../records/raw-record.js';
import type { Topics } from '../topics.js';
import type { OwnedPartition } from './owned-partition.js';
import type { ParkedAccounts } from './parked-accounts.js';
import type { Partitions } from './partitions.js';

export interface UnparkingParts {
  readonly store: EventStore;
  readonly feed: UsageFeed;
  readonly topics: Topics;
  readonly partitions: Partitions;
  readonly parked: ParkedAccounts;
  readonly accounts: Accounts;
  readonly nowMs: () => number;
  readonly log: Log;
  readonly crashPoint: CrashPoint;
}

const PAGE_EVENTS = 256;
/** Records of one call of the feed, and of one note that they were published. */
const RECORDS_MAX = 200;

interface KeptRecord {
  readonly record: ParkedRecord;
  readonly generation: number;
}

const inOrder = (one: KeptRecord, other: KeptRecord): number =>
  one.generation - other.generation || (one.record.offset < other.record.offset ? -1 : 1);

/** Lets an account be decided again: its records are published once more, in order, on the feed that only we write. */
export class Unparking {
  constructor(private readonly parts: UnparkingParts) {}

  /**
   * Publishes what our partitions have parked of the account; answers how many records. Calling it again after a
   * failure goes on where it ended: records come twice at most, and identities know them.
   * @throws {FeedUnavailable | PartitionLost}
   */
  async unpark(organisation: string): Promise<number> {
    const { parked, accounts, nowMs, partitions } = this.parts;
    accounts.forget(organisation);
    const keeping: { readonly owned: OwnedPartition; readonly records: readonly ParkedRecord[] }[] = [];
    // All of them first: a record that is published must not meet an account that another partition still parks.
    for (const owned of partitions.owned) {
      if (owned.isLost) continue;
      const isParkedHere = owned.stream.state.parked.has(organisation);
      if (isParkedHere) await owned.stream.append([{ type: 'AccountUnparked', organisation, atMs: nowMs() }]);
      parked.remove(organisation, owned.name);
      const records = await this.#readParked(owned, organisation);
      if (records.length > 0) keeping.push({ owned, records });
    }
    let published = 0;
    for (const { owned, records } of keeping) {
      for (let from = 0; from < records.length; from += RECORDS_MAX)
        published += await this.#publish(owned, records.slice(from, from + RECORDS_MAX));
    }
    return published;
  }

  async #publish(owned: OwnedPartition, records: readonly ParkedRecord[]): Promise<number> {
    const { feed, topics, nowMs, crashPoint, log } = this.parts;
    const ready: { readonly id: string; readonly record: PublishRecord }[] = [];
    for (const record of records) {
      const again = await this.#publishable(owned, record);
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

  /** The record as it was first, with headers that say by which rules it is decided; undefined when it is gone. */
  async #publishable(owned: OwnedPartition, parked: ParkedRecord): Promise<PublishRecord | undefined> {
    let original: FeedRecord | undefined;
    if (parked.sizeBytes > RAW_BYTES_KEPT) {
      const { topic, partition } = owned.stream.partition;
      original = await this.parts.feed.readRecord({ topic, partition }, parked.offset);
      // A topic that was created anew has another record there.
      if (original === undefined || sha256Of(original) !== parked.sha256) return undefined;
    }
    const payload = parked.payload === null ? null : Buffer.from(parked.payload, 'base64');
    return {
      // Without a key its records would spread over partitions and lose their order.
      key: Buffer.from(parked.key ?? parked.organisation, 'utf8'),
      value: original === undefined ? payload : original.value,
      headers: {
        [CONTENT_TYPE_HEADER]: [Buffer.from(STRUCTURED_EVENT_TYPE)],
        ...original?.headers,
        [ORIGINAL_TOPIC_HEADER]: [Buffer.from(parked.topic)],
        [ORIGINAL_TIMESTAMP_HEADER]: [Buffer.from(String(parked.recordTimestampMs))],
        ...(parked.isAdjusting ? { [ADJUST_HEADER]: [Buffer.from('true')] } : {}),
      },
    };
  }

  /** Records of the account that the partition's streams keep and that were not published since, in their order. */
  async #readParked({ stream }: OwnedPartition, organisation: string): Promise<readonly ParkedRecord[]> {
    const kept = new Map<string, KeptRecord>();
    // A generation that has ended may have parked, too; the notes of what was published stand in later ones.
    for (let generation = 0; generation <= stream.partition.generation; generation += 1) {
      for await (const event of this.#eventsOf({ ...stream.partition, generation })) {
        if (event.type === 'QuarantineRequeued') kept.delete(event.id);
        if (event.type !== 'RecordsParked') continue;
        for (const record of event.records)
          if (record.organisation === organisation) kept.set(record.id, { record, generation });
      }
    }
    return [...kept.values()].toSorted(inOrder).map(({ record }) => record);
  }

  async *#eventsOf(partition: FeedPartition): AsyncGenerator<FeedEvent> {
    for (let from = 0n; ; from += BigInt(PAGE_EVENTS)) {
      const page = await this.parts.store.readStream(feedStream(partition), { from, maxCount: PAGE_EVENTS });
      for (const stored of page) yield feedEvents.decode(stored).event;
      if (page.length < PAGE_EVENTS) return;
    }
  }
}
