import { feedEvents, feedStream, type FeedEvent, type FeedPartition, type ParkedRecord } from '@app/accounts';
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
import { RAW_BYTES_KEPT, sha256Of } from '../records/raw-record.js';

const PAGE_EVENTS = 256;

/** Records of parked accounts that a partition's streams keep. */
export class KeptRecords {
  constructor(private readonly parts: { readonly store: EventStore; readonly feed: UsageFeed }) {}

  /** An account's records that were not published since, by append, in offset order. Never all of them in memory. */
  async *unpublished(partition: FeedPartition, organisation: string): AsyncGenerator<readonly ParkedRecord[]> {
    // The ids come first: that a record was published stands behind it in the stream. A crash may have written it twice.
    const done = new Set<string>();
    for await (const event of this.#events(partition)) if (event.type === 'QuarantineRequeued') done.add(event.id);
    for await (const event of this.#events(partition)) {
      if (event.type !== 'RecordsParked') continue;
      const records = event.records.filter((record) => record.organisation === organisation && !done.has(record.id));
      for (const { id } of records) done.add(id);
      if (records.length > 0) yield records;
    }
  }

  /** The record as it was first, with headers that say by which rules it is decided; undefined when it is gone. */
  async publishable({ topic, partition }: FeedPartition, parked: ParkedRecord): Promise<PublishRecord | undefined> {
    let original: FeedRecord | undefined;
    if (parked.sizeBytes > RAW_BYTES_KEPT) {
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

  /** Of every generation, oldest first: one that has ended may have parked, too. */
  async *#events(partition: FeedPartition): AsyncGenerator<FeedEvent> {
    for (let generation = 0; generation <= partition.generation; generation += 1)
      yield* this.#eventsOf({ ...partition, generation });
  }

  async *#eventsOf(partition: FeedPartition): AsyncGenerator<FeedEvent> {
    for (let from = 0n; ; from += BigInt(PAGE_EVENTS)) {
      const page = await this.parts.store.readStream(feedStream(partition), { from, maxCount: PAGE_EVENTS });
      for (const stored of page) yield feedEvents.decode(stored).event;
      if (page.length < PAGE_EVENTS) return;
    }
  }
}
