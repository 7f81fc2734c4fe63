import type { ConsumeOptions, FeedHandler, TopicPartition } from '../usage-feed.js';
import { BackOff, pause } from './pause.js';
import { PositionAlarm, checkBounds, checkedStart } from './position-check.js';
import type { LogSlice, PartitionLog } from './record-log.js';

/** How long a partition without records sleeps when no wake-up comes: wake-ups may get lost with a connection. */
const POLL_MS = 1_000;

export interface PartitionLoopOptions {
  readonly log: PartitionLog;
  readonly partition: TopicPartition;
  readonly handler: FeedHandler;
  readonly options: ConsumeOptions;
  readonly signal: AbortSignal;
  /** With the offset that is read first, every time that the partition is assigned. */
  readonly onBegun: (position: bigint) => void;
}

const NOTHING = (): void => undefined;

class Stopped extends Error {}

/**
 * One partition, from assignment to revocation:
 *
 *   assigning ──▶ reading ──records──▶ delivering ──▶ reading …       a throw anywhere: back-off, the same step again
 *       │            └──nothing──▶ idle ──▶ waiting ──▶ reading …
 *       └── alarm anywhere ──▶ revoked ◀── stop anywhere
 *
 * At most one slice is fetched ahead, and only while more is waiting than one batch holds: at the log's end a batch
 * is what is there when the handler is free, not what was there before.
 */
export class PartitionLoop {
  private readonly backOff = new BackOff();
  private position = 0n;
  private ahead: Promise<LogSlice | undefined> | undefined;
  private lastIdlePeriod = Number.NEGATIVE_INFINITY;
  private waiting = new AbortController();
  private markAssigned = NOTHING;
  /** Resolves when the partition was assigned, stopped or alarmed. */
  readonly firstAssignment = new Promise<void>((resolve) => {
    this.markAssigned = resolve;
  });

  constructor(private readonly given: PartitionLoopOptions) {}

  async run(): Promise<void> {
    const { handler, log, partition, signal } = this.given;
    const unsubscribe = log.onAppended(partition, () => this.waiting.abort());
    try {
      await this.untilDone(() => this.assign());
      this.markAssigned();
      while (!signal.aborted) await this.untilDone(() => this.step());
    } catch (error) {
      if (error instanceof PositionAlarm) handler.onAlarm(error.alarm);
      else if (!(error instanceof Stopped)) throw error;
    } finally {
      unsubscribe();
      this.markAssigned();
      // A handler that cannot let go is fenced by the store; the consumer must still end.
      await handler.onRevoked(partition).catch(() => undefined);
    }
  }

  private async untilDone(step: () => Promise<void>): Promise<void> {
    while (!this.given.signal.aborted) {
      try {
        await step();
        this.backOff.reset();
        return;
      } catch (error) {
        if (error instanceof PositionAlarm || error instanceof Stopped) throw error;
        await this.backOff.wait(this.given.signal);
      }
    }
  }

  private async assign(): Promise<void> {
    const { handler, log, partition, onBegun } = this.given;
    const start = await handler.onAssigned(partition);
    this.position = await this.unlessStopped(checkedStart(log, partition, start));
    onBegun(this.position);
  }

  private async step(): Promise<void> {
    const { partition, handler } = this.given;
    // Taken before the read: a record that comes after the read finds the wait already ended.
    this.waiting = new AbortController();
    const slice = checkBounds(partition, this.position, await this.unlessStopped(this.nextSlice()));
    const last = slice.records.at(-1);
    if (last === undefined) return this.idle(slice.endOffset);
    const next = last.offset + 1n;
    if (slice.isFull) this.fetchAhead(next);
    await this.deliver(() => handler.onBatch({ ...partition, records: slice.records, endOffset: slice.endOffset }));
    this.position = next;
  }

  /** The very same records again until the handler takes them. */
  private async deliver(call: () => Promise<void>): Promise<void> {
    const retry = new BackOff();
    while (true) {
      if (this.given.signal.aborted) throw new Stopped();
      try {
        return await call();
      } catch {
        await retry.wait(this.given.signal);
      }
    }
  }

  private nextSlice(): Promise<LogSlice | undefined> {
    const slice = this.ahead ?? this.read(this.position);
    this.ahead = undefined;
    return slice;
  }

  private fetchAhead(from: bigint): void {
    this.ahead = this.read(from);
    // Whoever takes the slice sees the failure; until then it must not count as unhandled.
    this.ahead.catch(() => undefined);
  }

  private read(from: bigint): Promise<LogSlice | undefined> {
    const { log, partition, options } = this.given;
    return log.read(partition, from, { recordsMax: options.batchRecordsMax, bytesMax: options.batchBytesMax });
  }

  private async idle(end: bigint): Promise<void> {
    const { handler, log, partition, options, signal } = this.given;
    if (this.idlePeriod() > this.lastIdlePeriod) {
      const atMs = await this.unlessStopped(log.drainedAtMs(partition, end));
      if (atMs === undefined || signal.aborted) return;
      await handler.onIdle(partition, atMs);
      this.lastIdlePeriod = this.idlePeriod();
    }
    const leftMs = (this.lastIdlePeriod + 1) * options.idleMs - performance.now();
    await pause(Math.max(1, Math.min(leftMs, POLL_MS)), AbortSignal.any([this.waiting.signal, signal]));
  }

  /** Counted from one instant for all partitions of the process, so that a log can answer those that are idle at once. */
  private idlePeriod(): number {
    return Math.floor(performance.now() / this.given.options.idleMs);
  }

  /** A log that hangs must not hold up a stop. */
  private async unlessStopped<T>(reading: Promise<T>): Promise<T> {
    const { signal } = this.given;
    if (signal.aborted) {
      reading.catch(() => undefined);
      throw new Stopped();
    }
    let onAbort = NOTHING;
    const stopped = new Promise<never>((_resolve, reject) => {
      onAbort = () => reject(new Stopped());
      signal.addEventListener('abort', onAbort, { once: true });
    });
    try {
      return await Promise.race([reading, stopped]);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }
}
