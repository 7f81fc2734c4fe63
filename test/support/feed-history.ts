import { chainStart, feedEvents, type FeedEvent } from '@app/accounts';
import { NO_STREAM, type EventStore } from '@app/event-store';
import { quarantinedRecord } from './quarantined-record.js';

/** A partition's stream with records that no account can hold. */
export class FeedHistory {
  readonly stream = 'feed-usage.v1-0-0';
  #hash = chainStart(this.stream);
  #revision = NO_STREAM;

  async append(store: EventStore, event: FeedEvent): Promise<void> {
    const { id, type, data, hash } = feedEvents.encode(event, this.#hash);
    await store.append([{ stream: this.stream, expectedRevision: this.#revision, events: [{ id, type, data }] }]);
    this.#hash = hash;
    this.#revision++;
  }

  async quarantine(store: EventStore, offset: bigint, organisation: string | null, detail: string): Promise<string> {
    const record = quarantinedRecord({
      id: `usage.v1.0.0.${offset}`,
      reason: 'UnknownOrganisation',
      detail,
      offset,
      recordTimestampMs: 1_795_000_000_000,
    });
    await this.append(store, {
      type: 'FeedPositionRecorded',
      nextOffset: offset + 1n,
      last: null,
      markMs: 1_795_000_000_000,
      atMs: 1_795_000_000_000,
      records: [{ ...record, organisation }],
    });
    return record.id;
  }

  async requeue(store: EventStore, id: string): Promise<void> {
    await this.append(store, { type: 'QuarantineRequeued', id, actor: 'kim', atMs: 1_795_000_100_000 });
  }
}
