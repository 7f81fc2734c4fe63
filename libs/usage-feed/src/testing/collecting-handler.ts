import type { FeedAlarm, FeedBatch, FeedHandler, FeedRecord, StartPosition, TopicPartition } from '../usage-feed.js';

/** A handler that keeps what it is told, and whose answers a test can change. */
export class CollectingHandler implements FeedHandler {
  readonly batches: FeedBatch[] = [];
  readonly alarms: FeedAlarm[] = [];
  readonly idles: number[] = [];
  readonly calls: string[] = [];
  beforeBatch: (batch: FeedBatch) => Promise<void> = () => Promise.resolve();
  startOf: (partition: TopicPartition) => StartPosition = () => ({ offset: 'start' });

  get records(): readonly FeedRecord[] {
    return this.batches.flatMap((batch) => batch.records);
  }

  values(partition?: number): readonly string[] {
    return this.batches
      .filter((batch) => partition === undefined || batch.partition === partition)
      .flatMap((batch) => batch.records.map((record) => Buffer.from(record.value ?? []).toString()));
  }

  async onAssigned(partition: TopicPartition): Promise<StartPosition> {
    this.calls.push(`assigned ${partition.partition}`);
    return this.startOf(partition);
  }

  async onBatch(batch: FeedBatch): Promise<void> {
    this.calls.push(`batch ${batch.partition}`);
    await this.beforeBatch(batch);
    this.batches.push(batch);
  }

  async onIdle(partition: TopicPartition, atMs: number): Promise<void> {
    this.calls.push(`idle ${partition.partition}`);
    this.idles.push(atMs);
  }

  async onRevoked(partition: TopicPartition): Promise<void> {
    this.calls.push(`revoked ${partition.partition}`);
  }

  onAlarm(alarm: FeedAlarm): void {
    this.alarms.push(alarm);
  }
}

const EVENTUALLY_MS = 30_000;

/** Waits until the condition holds. @throws after the time (thirty seconds by default, for busy machines), saying what was waited for */
export async function eventually(
  what: string,
  condition: () => boolean,
  timeoutMs: number = EVENTUALLY_MS,
): Promise<void> {
  const until = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > until) throw new Error(`Waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
