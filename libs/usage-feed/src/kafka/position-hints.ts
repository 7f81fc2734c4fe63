import type { TopicPartition } from '../usage-feed.js';
import type { PartitionOffset } from './group-member.js';
import { KAFKA_LIMITS } from './kafka-config.js';

/** Commits positions to the group now and then, for lag tools. A hint that gets lost is replaced by the next. */
export class PositionHints {
  private readonly waiting = new Map<string, PartitionOffset>();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly commit: (offsets: readonly PartitionOffset[]) => Promise<void>) {
    this.timer = setInterval(() => void this.flush(), KAFKA_LIMITS.hintIntervalMs);
    this.timer.unref();
  }

  keep({ topic, partition }: TopicPartition, offset: bigint): void {
    this.waiting.set(`${topic}/${partition}`, { topic, partition, offset });
  }

  async flush(): Promise<void> {
    const offsets = [...this.waiting.values()];
    this.waiting.clear();
    if (offsets.length === 0) return;
    // A member that lost the partition is refused here, and needs no hint any more.
    await this.commit(offsets).catch(() => undefined);
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }
}
