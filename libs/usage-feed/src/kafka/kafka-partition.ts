import { alarmOf, checkBounds } from '../log-consumer/position-check.js';
import type { LogBounds, LogSlice, PartitionLog, ReadLimits } from '../log-consumer/record-log.js';
import { lastRecordOf } from '../last-record.js';
import type { FeedRecord, TopicPartition } from '../usage-feed.js';
import type { FetchedBatch } from './fetched-batch.js';
import { HeldRecords } from './held-records.js';
import { KAFKA_LIMITS } from './kafka-config.js';
import { MessageReader } from './kafka-records.js';

/** What a partition asks of the group's member that fetches for it. */
export interface PartitionFetching {
  seek(partition: TopicPartition, offset: bigint): void;
  pause(partition: TopicPartition): void;
  resume(partition: TopicPartition): void;
  /** Bounds as they are at a moment after the call. */
  bounds(partition: TopicPartition): Promise<LogBounds | undefined>;
  /** How much this partition may hold, with its handler and ahead of it. */
  prefetchBytesMax(): number;
}

const ONE_RECORD: ReadLimits = { recordsMax: 1, bytesMax: 1 };
/** How long a read waits for records before it answers that there are none. */
const READ_WAIT_MS = 100;
/** Where so many more are waiting in the log, a read waits as long for half of what the partition may hold. */
const BACKLOG_RECORDS = 1_000n;

/**
 * One partition while a member owns it. The client fetches into a bounded buffer; the loop reads from it:
 *
 *   held ──moveTo──▶ fetching ──batch that was asked for──▶ buffer ──read──▶ loop
 *    ▲                  └──any other batch, or the group joined again──▶ doubtful ──bounds and last record agree──┐
 *    └────────────────────────────────────────────────────────────────────────────────────────────────────────────┘
 *
 * The client answers a fetch outside the log by moving on silently. So a batch counts only when it was fetched from
 * the very offset that was asked for; anything else makes the position be compared with the log again.
 */
export class KafkaPartition implements PartitionLog {
  private readonly held: HeldRecords;
  private readonly wakes = new Set<() => void>();
  private seen: LogBounds = { startOffset: 0n, endOffset: 0n };
  private nextFetch: bigint | undefined;
  private takenTo: bigint | undefined;
  private isDoubtful: boolean;
  private isClosed = false;

  /** `witness` is the last record that was read here before: the log must still hold it, or have let it go by age. */
  constructor(
    readonly partition: TopicPartition,
    private readonly fetching: PartitionFetching,
    private witness: FeedRecord | undefined,
  ) {
    this.isDoubtful = witness !== undefined;
    this.held = new HeldRecords({
      pause: () => !this.isClosed && fetching.pause(partition),
      resume: () => !this.isClosed && fetching.resume(partition),
      bytesMax: () => fetching.prefetchBytesMax(),
    });
  }

  get lastRead(): FeedRecord | undefined {
    return this.witness;
  }

  /** Of records that are fetched and not decided. */
  get heldBytes(): number {
    return this.held.bytes;
  }

  /** Takes a fetched batch; false when it is not what was asked for, and must be fetched again. */
  accept(batch: FetchedBatch): boolean {
    if (this.isClosed || this.isDoubtful || this.nextFetch === undefined) return false;
    if (BigInt(batch.fetchedOffset) !== this.nextFetch) {
      this.doubt();
      return false;
    }
    const reader = new MessageReader();
    for (const message of batch.messages) this.held.push(reader.read(message));
    this.nextFetch = BigInt(batch.lastOffset()) + 1n;
    this.sawEnd(BigInt(batch.highWatermark));
    this.held.pauseWhenFull();
    this.wake();
    return true;
  }

  /** Offsets that hold no records (transaction markers, aborted records): a fact of the log from `first` to `last`. */
  skip(first: bigint, last: bigint): void {
    if (this.isClosed || this.nextFetch !== first) return;
    this.nextFetch = last + 1n;
    this.wake();
  }

  /** The client may have moved: nothing is taken until the position was compared with the log. */
  doubt(): void {
    this.isDoubtful = true;
    this.nextFetch = undefined;
    this.held.clear();
    this.held.pause();
    this.wake();
  }

  /** Nothing is asked of the client any more: the partition belongs to another, or is assigned anew. */
  close(): void {
    this.isClosed = true;
    this.held.clear();
  }

  async bounds(): Promise<LogBounds | undefined> {
    const bounds = await this.fetching.bounds(this.partition);
    if (bounds !== undefined) this.seen = bounds;
    return bounds;
  }

  async read(_partition: TopicPartition, from: bigint, limits: ReadLimits): Promise<LogSlice | undefined> {
    if (this.isDoubtful) await this.recheck(from);
    if (from !== this.takenTo) this.moveTo(from);
    // Whoever reads on has taken over what was read before.
    this.held.handedOver();
    if (this.held.isEmpty) await this.arrival(READ_WAIT_MS);
    await this.gathered(limits);
    if (this.mustRecheck())
      return { ...this.seen, endOffset: maxOf(this.seen.endOffset, from), records: [], isFull: false };
    const records = this.take(limits);
    return {
      ...this.seen,
      endOffset: maxOf(this.seen.endOffset, this.takenTo ?? from),
      records,
      // The buffer is what is read ahead.
      isFull: false,
    };
  }

  /** Leaves the position after the record, so that reading on costs no second fetch. */
  async readRecord(_partition: TopicPartition, offset: bigint): Promise<FeedRecord | undefined> {
    this.isDoubtful = false;
    this.moveTo(offset);
    const untilMs = performance.now() + KAFKA_LIMITS.readTimeoutMs;
    while (this.held.isEmpty && this.nextFetch === offset) {
      if (performance.now() > untilMs) throw new Error(`Kafka did not give the record at ${offset} in time`);
      await this.arrival(READ_WAIT_MS);
    }
    if (this.mustRecheck()) throw new Error('The log moved while it was read');
    const first = this.held.take(ONE_RECORD)[0];
    this.takenTo = first === undefined ? undefined : first.offset + 1n;
    return first?.offset === offset ? first : undefined;
  }

  /** The clock is read before the log is asked: what is appended later has a later timestamp. */
  async drainedAtMs(): Promise<number | undefined> {
    const atMs = Date.now();
    const bounds = await this.fetching.bounds(this.partition);
    if (bounds === undefined || this.nextFetch === undefined) return undefined;
    const isInside = bounds.startOffset <= this.nextFetch && this.nextFetch <= bounds.endOffset;
    if (!isInside) this.doubt();
    return this.held.isEmpty && bounds.endOffset === this.nextFetch ? atMs : undefined;
  }

  onAppended(_partition: TopicPartition, wake: () => void): () => void {
    this.wakes.add(wake);
    return () => this.wakes.delete(wake);
  }

  /**
   * Compares the position, and the last record that was read, with the log as it is now.
   * @throws {PositionAlarm} when the log is another one, went back, or no longer reaches to the position
   */
  private async recheck(from: bigint): Promise<void> {
    const bounds = await this.bounds();
    if (bounds === undefined) throw new Error('The partition cannot be seen');
    const { startOffset, endOffset } = bounds;
    const { partition, witness } = this;
    if (witness !== undefined && witness.offset >= startOffset) {
      const found = witness.offset < endOffset ? await this.sameAgain(witness.offset) : undefined;
      if (found === undefined || !isSame(found, witness)) {
        const sentence = `the record at ${witness.offset} is not the one that was read: the topic was created anew or cut.`;
        throw alarmOf(partition, 'TopicRecreated', sentence);
      }
    } else if (this.takenTo !== undefined && from > endOffset) {
      throw alarmOf(partition, 'OffsetWentBack', `${from} was the next offset, but the log now ends at ${endOffset}.`);
    }
    checkBounds(partition, from, bounds);
    this.moveTo(from);
    this.isDoubtful = false;
  }

  private mustRecheck(): boolean {
    return this.isDoubtful;
  }

  private async sameAgain(offset: bigint): Promise<FeedRecord | undefined> {
    try {
      return await this.readRecord(this.partition, offset);
    } catch (error) {
      this.doubt();
      throw error;
    }
  }

  private moveTo(offset: bigint): void {
    if (this.isClosed || (offset === this.takenTo && !this.isDoubtful && this.nextFetch !== undefined)) return;
    this.held.clear();
    this.nextFetch = offset;
    this.takenTo = offset;
    this.fetching.seek(this.partition, offset);
    this.held.resume();
  }

  private take(limits: ReadLimits): readonly FeedRecord[] {
    const records = this.held.take(limits);
    const last = records.at(-1);
    if (last !== undefined) {
      this.takenTo = last.offset + 1n;
      this.witness = last;
    }
    return records;
  }

  /** Waits a moment for more of a backlog: an append has a fixed price for each account, and more records share it. */
  private async gathered(limits: ReadLimits): Promise<void> {
    const untilMs = performance.now() + READ_WAIT_MS;
    while (this.hasMoreComing(limits)) {
      const leftMs = untilMs - performance.now();
      if (leftMs <= 0) return;
      await this.arrival(leftMs);
    }
  }

  private hasMoreComing(limits: ReadLimits): boolean {
    const { nextFetch, seen } = this;
    return nextFetch !== undefined && seen.endOffset - nextFetch >= BACKLOG_RECORDS && this.held.isGrowing(limits);
  }

  private sawEnd(endOffset: bigint): void {
    this.seen = { ...this.seen, endOffset };
  }

  private wake(): void {
    for (const wake of this.wakes) wake();
  }

  private arrival(durationMs: number): Promise<void> {
    return new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        this.wakes.delete(finish);
        resolve();
      };
      const timer = setTimeout(finish, durationMs);
      this.wakes.add(finish);
    });
  }
}

const maxOf = (one: bigint, other: bigint): bigint => (one > other ? one : other);

function isSame(found: FeedRecord, known: FeedRecord): boolean {
  return found.timestampMs === known.timestampMs && lastRecordOf(found).hash === lastRecordOf(known).hash;
}
