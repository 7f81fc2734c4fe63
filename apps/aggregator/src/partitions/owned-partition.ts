import { setTimeout as sleep } from 'node:timers/promises';
import type { FeedBatch, StartPosition, TopicPartition } from '@app/usage-feed';
import type { Permits } from '../deciding/permits.js';
import { Stopping } from '../deciding/process-abandoned.js';
import { describeError } from '../log.js';
import { prepareBatch, type PreparedBatch } from '../records/prepare-batch.js';
import type { ParseContext } from '../records/parse-record.js';
import { BatchDeciding, type BatchDecidingParts } from './batch-deciding.js';
import { PartitionLost, type PartitionStream } from './partition-stream.js';
import { WrittenPosition, type WrittenPositionParts } from './written-position.js';

export interface OwnedPartitionParts extends BatchDecidingParts, WrittenPositionParts {
  readonly prepared: Permits;
  readonly hasher: ParseContext['hasher'];
  readonly hintPosition: (partition: TopicPartition, nextOffset: bigint) => void;
  /** What neither a retry nor parking mends: the process ends. */
  readonly onFatal: (error: unknown) => void;
}

/**
 * One partition from its assignment to its revocation:
 *
 *   onBatch N+1: parse ──▶ wait for N ──▶ decide N+1 in the background ──▶ position …
 *   onIdle: wait for all ──▶ feed mark            lost or failed: every call throws until it is assigned anew
 */
export class OwnedPartition {
  readonly name: string;
  readonly #position: WrittenPosition;
  readonly #batches: BatchDeciding;
  #running: Promise<void> | undefined;
  #failure: unknown;
  #failedAt = 0;
  #endOffset = 0n;
  #isWriting = false;
  #progressAt = performance.now();

  constructor(
    private readonly parts: OwnedPartitionParts,
    readonly stream: PartitionStream,
  ) {
    const { topic, partition } = stream.partition;
    this.name = `${topic}/${partition}`;
    this.#position = new WrittenPosition(parts, stream);
    const onProgress = (): void => {
      this.#progressAt = performance.now();
    };
    const keep = async (records: Parameters<WrittenPosition['keep']>[0]): Promise<void> => {
      await this.#position.keep(records);
      parts.tally.quarantined += records.length;
    };
    this.#batches = new BatchDeciding(this.name, stream, parts, { keep, onProgress });
    parts.parked.replace(this.name, stream.state.parked);
  }

  /** Where consumption starts: in the event store and nowhere else. */
  get start(): StartPosition {
    const { position } = this.stream.state;
    if (position === null) return { offset: 'start' };
    return position.last === null
      ? { offset: position.nextOffset }
      : { offset: position.nextOffset, last: position.last };
  }

  /** How far the partition's feed is decided, in time; 0 before anything is known. */
  get markMs(): number {
    return this.#position.markMs;
  }

  /** Records that wait, as of the last fetch. */
  get lag(): bigint {
    const { nextOffset } = this.#position;
    return this.#endOffset > nextOffset ? this.#endOffset - nextOffset : 0n;
  }

  get isBusy(): boolean {
    return this.#running !== undefined || this.#isWriting;
  }

  get isLost(): boolean {
    return this.#failure instanceof PartitionLost;
  }

  /** Of the process's monotonic clock; undefined unless another process has taken the partition over. */
  get lostSince(): number | undefined {
    return this.isLost ? this.#failedAt : undefined;
  }

  /** Of the process's monotonic clock: when work of this partition last moved. */
  get progressAt(): number {
    return this.#progressAt;
  }

  /**
   * Parses the batch while the one before is being appended. Resolves when this one is being decided, so that the next
   * is read ahead; at the feed's end some time after it is decided, so that the next is all that has come meanwhile.
   */
  async onBatch(batch: FeedBatch): Promise<void> {
    this.#assertUsable();
    const { parts } = this;
    await parts.prepared.take();
    let isHandedOver = false;
    try {
      const { settings, hasher, topics } = parts;
      const { eventBytesMax, recordAheadMaxMs } = settings;
      const nowMs = parts.nowMs();
      const { topic } = this.stream.partition;
      const context: ParseContext = { topics, topic, hasher, nowMs, eventBytesMax, recordAheadMaxMs };
      const prepared = prepareBatch(batch, this.stream.partition, context);
      parts.crashPoint('batch.prepared');
      await this.#settled();
      this.#assertUsable();
      const [first] = batch.records;
      if (first !== undefined) this.#position.beginAt(first.offset);
      this.#endOffset = batch.endOffset;
      this.#progressAt = performance.now();
      isHandedOver = true;
      this.#running = this.#inBackground(prepared);
      if (batch.endOffset <= prepared.nextOffset) await this.#settledAndRested();
    } catch (error) {
      this.#fail(error);
      throw error;
    } finally {
      if (!isHandedOver) parts.prepared.give();
    }
  }

  /** Nothing waits: the mark follows the live clock. */
  async onIdle(atMs: number): Promise<void> {
    await this.#settled();
    this.#assertUsable();
    this.#position.moveMark(atMs);
    const { markEveryMs, positionEveryMs } = this.parts.settings;
    const everyMs = this.#position.isMoved ? Math.min(positionEveryMs, markEveryMs) : markEveryMs;
    const isFirst = this.stream.state.position === null;
    if (isFirst || this.#position.isDueAfter(everyMs)) await this.#guarded(() => this.#write(NOTHING));
  }

  /** Finishes what is under way and writes the position, if it is still ours. */
  async onRevoked(): Promise<void> {
    await this.#settled();
    try {
      if (this.#failure === undefined && this.#position.isMoved) await this.#write(NOTHING);
    } catch (error) {
      this.parts.log.warn({ partition: this.name, ...describeError(error) }, 'The last position was not written');
    }
    this.#failure ??= new PartitionLost(`${this.name} was revoked`);
    this.parts.parked.replace(this.name, new Map());
  }

  async #settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  /** Waits for the batch, and in proportion to what it took: more of what comes then shares an account's append. */
  async #settledAndRested(): Promise<void> {
    const startedAt = performance.now();
    await this.#settled();
    const { restFactor, restMaxMs } = this.parts.settings;
    await sleep(Math.min((performance.now() - startedAt) * restFactor, restMaxMs));
  }

  #assertUsable(): void {
    if (this.#failure !== undefined) throw this.#failure instanceof Error ? this.#failure : new Error('failed');
  }

  async #inBackground(prepared: PreparedBatch): Promise<void> {
    try {
      await this.#decide(prepared);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.parts.prepared.give();
      this.#running = undefined;
    }
  }

  async #guarded(work: () => Promise<void>): Promise<void> {
    this.#isWriting = true;
    this.#progressAt = performance.now();
    try {
      await work();
    } catch (error) {
      this.#fail(error);
      throw error;
    } finally {
      this.#isWriting = false;
    }
  }

  #fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#failedAt = performance.now();
    const { log, tally } = this.parts;
    if (error instanceof PartitionLost) {
      tally.fences += 1;
      log.warn({ partition: this.name }, 'Another process owns the partition: it is stopped here');
    } else if (!(error instanceof Stopping)) {
      log.error({ partition: this.name, ...describeError(error) }, 'The partition cannot go on');
      this.parts.onFatal(error);
    }
  }

  async #decide(prepared: PreparedBatch): Promise<void> {
    const { parts } = this;
    const collected = await this.#batches.decide(prepared);
    parts.crashPoint('batch.folded');
    parts.tally.records += prepared.count;
    parts.tally.quarantined += collected.unhosted.length;
    parts.tally.parkedRecords += collected.parked.length;
    this.#progressAt = performance.now();
    const isCollected = collected.unhosted.length + collected.parked.length + collected.notes.length > 0;
    const isDue = isCollected || this.#position.isDueAfter(parts.settings.positionEveryMs);
    const before = isDue ? this.#position.current : undefined;
    this.#position.moveOver(prepared);
    if (before !== undefined) await this.#write(collected, before);
    const { topic, partition } = this.stream.partition;
    parts.hintPosition({ topic, partition }, prepared.nextOffset);
  }

  async #write(...written: Parameters<WrittenPosition['write']>): Promise<void> {
    await this.#position.write(...written);
    this.#progressAt = performance.now();
  }
}

const NOTHING = { notes: [], unhosted: [], parked: [] };
