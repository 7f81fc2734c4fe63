import type { TopicPartition } from './usage-feed.js';

/** Everything of the partition below `offset` is decided, as far as a consumer knows. */
export interface PartitionOffset extends TopicPartition {
  readonly offset: bigint;
}

/** Hands positions on now and then, the newest of each partition, for lag tools. A hint that gets lost is replaced by the next. */
export class PositionHints {
  private readonly waiting = new Map<string, PartitionOffset>();
  private readonly timer: NodeJS.Timeout;
  private handing: Promise<void> = Promise.resolve();

  constructor(
    private readonly commit: (offsets: readonly PartitionOffset[]) => Promise<void>,
    everyMs: number,
  ) {
    this.timer = setInterval(() => this.waiting.size > 0 && void this.flush(), everyMs);
    this.timer.unref();
  }

  keep({ topic, partition }: TopicPartition, offset: bigint): void {
    this.waiting.set(`${topic}/${partition}`, { topic, partition, offset });
  }

  /** Resolves when what was kept before is handed on, or lost. */
  flush(): Promise<void> {
    this.handing = this.handing.then(() => this.handOn());
    return this.handing;
  }

  private async handOn(): Promise<void> {
    const offsets = [...this.waiting.values()];
    this.waiting.clear();
    if (offsets.length === 0) return;
    // Whoever lost the partition may be refused here, and needs no hint any more.
    await this.commit(offsets).catch(() => undefined);
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }
}
