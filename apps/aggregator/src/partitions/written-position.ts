import type { FeedEvent } from '@app/accounts';
import type { LastRecord, UsageFeed } from '@app/usage-feed';
import type { CrashPoint } from '../crash-points.js';
import type { Tally } from '../health/tally.js';
import { describeError, type Log } from '../log.js';
import type { PreparedBatch, UnhostedQuarantine } from '../records/prepare-batch.js';
import type { AggregatorSettings } from '../settings.js';
import { positionAppends, type Collected } from './collected-records.js';
import type { PartitionStream } from './partition-stream.js';

export interface WrittenPositionParts {
  readonly feed: UsageFeed;
  readonly tally: Tally;
  readonly log: Log;
  readonly nowMs: () => number;
  readonly settings: AggregatorSettings;
  readonly crashPoint: CrashPoint;
}

type Position = Parameters<typeof positionAppends>[1];

/** How far a partition is decided, and its writing to the partition's stream beside the records that no account holds. */
export class WrittenPosition {
  #nextOffset: bigint;
  #last: () => LastRecord | null;
  #markMs: number;
  #isMoved = false;
  #writtenAt = Number.NEGATIVE_INFINITY;
  #trimmedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly parts: WrittenPositionParts,
    private readonly stream: PartitionStream,
  ) {
    const { position } = stream.state;
    this.#nextOffset = position?.nextOffset ?? 0n;
    this.#last = () => position?.last ?? null;
    this.#markMs = position?.markMs ?? 0;
  }

  get nextOffset(): bigint {
    return this.#nextOffset;
  }

  get markMs(): number {
    return this.#markMs;
  }

  /** True when it is beyond what was written. */
  get isMoved(): boolean {
    return this.#isMoved;
  }

  get current(): Position {
    return { nextOffset: this.#nextOffset, last: this.#last(), markMs: this.#markMs, atMs: this.parts.nowMs() };
  }

  /** The first batch of a partition that has no position yet says where its log starts. */
  beginAt(offset: bigint): void {
    if (this.stream.state.position === null && !this.#isMoved) this.#nextOffset = offset;
  }

  /** The batch is decided. */
  moveOver({ nextOffset, last, lastTimestampMs }: PreparedBatch): void {
    this.#nextOffset = nextOffset;
    this.#last = last;
    this.#isMoved = true;
    // Later records carry no earlier timestamp; one that is ahead of us must not pull the mark ahead.
    this.#markMs = Math.max(this.#markMs, Math.min(lastTimestampMs, this.parts.nowMs()));
  }

  /** Nothing waited at that instant. */
  moveMark(atMs: number): void {
    this.#markMs = Math.max(this.#markMs, atMs);
  }

  /** True when it was last written so long ago. */
  isDueAfter(ms: number): boolean {
    return performance.now() - this.#writtenAt >= ms;
  }

  /** Collected records without the position: the rest of their batch is not decided yet. @throws {PartitionLost | Stopping} */
  async keep(records: readonly UnhostedQuarantine[]): Promise<void> {
    const { current } = this;
    await this.#append(positionAppends({ notes: [], unhosted: records, parked: [] }, current, current));
  }

  /** Collected records, then the position; `before` is where it was before their batch. @throws {PartitionLost | Stopping} */
  async write(collected: Collected, before = this.current): Promise<void> {
    const { current, parts } = this;
    await this.#append(positionAppends(collected, current, before));
    parts.tally.positions += 1;
    this.#writtenAt = performance.now();
    this.#isMoved = false;
    await this.#trim(current.nextOffset);
  }

  async #append(appends: readonly (readonly FeedEvent[])[]): Promise<void> {
    for (const events of appends) {
      this.parts.crashPoint('position.before');
      await this.stream.append(events);
      this.parts.crashPoint('position.after');
    }
  }

  /** A feed that keeps its records too long is slower, never wrong. */
  async #trim(nextOffset: bigint): Promise<void> {
    const { feed, settings, crashPoint, log } = this.parts;
    if (performance.now() - this.#trimmedAt < settings.markEveryMs) return;
    this.#trimmedAt = performance.now();
    const { topic, partition } = this.stream.partition;
    crashPoint('trim.before');
    await feed.trim({ topic, partition }, nextOffset, settings.retentionMs).catch((error: unknown) => {
      log.warn({ topic, partition, ...describeError(error) }, 'Old records were not removed');
    });
    crashPoint('trim.after');
  }
}
