import type { FeedEvent, ParkedRecord } from '@app/accounts';
import type { FeedBatch, LastRecord, StartPosition, TopicPartition, UsageFeed } from '@app/usage-feed';
import type { CrashPoint } from '../crash-points.js';
import type { AccountDecider, AccountOutcome } from '../deciding/account-decider.js';
import type { Permits } from '../deciding/permits.js';
import { Stopping } from '../deciding/process-abandoned.js';
import type { Tally } from '../health/tally.js';
import { describeError, type Log } from '../log.js';
import {
  prepareBatch,
  type AccountRecords,
  type PreparedBatch,
  type UnhostedQuarantine,
} from '../records/prepare-batch.js';
import type { ParseContext } from '../records/parse-record.js';
import type { AggregatorSettings } from '../settings.js';
import type { Topics } from '../topics.js';
import { accountParked, parkedRecord, positionAppends } from './collected-records.js';
import { ECHOED, type ParkedAccounts } from './parked-accounts.js';
import { PartitionLost, type PartitionStream } from './partition-stream.js';

export interface OwnedPartitionParts {
  readonly feed: UsageFeed;
  readonly topics: Topics;
  readonly decider: AccountDecider;
  readonly parked: ParkedAccounts;
  readonly prepared: Permits;
  readonly hasher: ParseContext['hasher'];
  readonly tally: Tally;
  readonly log: Log;
  readonly nowMs: () => number;
  readonly settings: AggregatorSettings;
  readonly crashPoint: CrashPoint;
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
  #running: Promise<void> | undefined;
  #failure: unknown;
  #failedAt = 0;
  #nextOffset: bigint;
  #last: () => LastRecord | null;
  #markMs: number;
  #endOffset = 0n;
  #isMoved = false;
  #isWriting = false;
  #writtenAt = Number.NEGATIVE_INFINITY;
  #trimmedAt = Number.NEGATIVE_INFINITY;
  #progressAt = performance.now();

  constructor(
    private readonly parts: OwnedPartitionParts,
    readonly stream: PartitionStream,
  ) {
    const { topic, partition } = stream.partition;
    this.name = `${topic}/${partition}`;
    const { position, parked } = stream.state;
    this.#nextOffset = position?.nextOffset ?? 0n;
    this.#last = () => position?.last ?? null;
    this.#markMs = position?.markMs ?? 0;
    parts.parked.replace(this.name, parked);
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
    return this.#markMs;
  }

  /** Records that wait, as of the last fetch. */
  get lag(): bigint {
    return this.#endOffset > this.#nextOffset ? this.#endOffset - this.#nextOffset : 0n;
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

  /** Parses the batch while the one before is being appended; resolves when this one is being decided. */
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
      if (this.stream.state.position === null && !this.#isMoved && first !== undefined) this.#nextOffset = first.offset;
      this.#endOffset = batch.endOffset;
      this.#progressAt = performance.now();
      isHandedOver = true;
      this.#running = this.#inBackground(prepared);
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
    this.#markMs = Math.max(this.#markMs, atMs);
    const { markEveryMs, positionEveryMs } = this.parts.settings;
    const everyMs = this.#isMoved ? Math.min(positionEveryMs, markEveryMs) : markEveryMs;
    const isFirst = this.stream.state.position === null;
    if (isFirst || performance.now() - this.#writtenAt >= everyMs) await this.#guarded(() => this.#write(NOTHING));
  }

  /** Finishes what is under way and writes the position, if it is still ours. */
  async onRevoked(): Promise<void> {
    await this.#settled();
    try {
      if (this.#failure === undefined && this.#isMoved) await this.#write(NOTHING);
    } catch (error) {
      this.parts.log.warn({ partition: this.name, ...describeError(error) }, 'The last position was not written');
    }
    this.#failure ??= new PartitionLost(`${this.name} was revoked`);
    this.parts.parked.replace(this.name, new Map());
  }

  async #settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
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
    const settled = await Promise.allSettled(prepared.accounts.map((account) => this.#decideAccount(account)));
    const collected: CollectedHere = { notes: [], unhosted: [...prepared.unreadable], parked: [] };
    for (const [index, result] of settled.entries()) {
      if (result.status === 'rejected') throw result.reason;
      const account = prepared.accounts[index];
      if (account !== undefined) this.#collect(collected, account, result.value);
    }
    const { parts } = this;
    parts.crashPoint('batch.folded');
    parts.tally.records += prepared.count;
    parts.tally.quarantined += collected.unhosted.length;
    parts.tally.parkedRecords += collected.parked.length;
    this.#progressAt = performance.now();
    const before = this.#position();
    this.#nextOffset = prepared.nextOffset;
    this.#last = prepared.last;
    this.#isMoved = true;
    // Later records carry no earlier timestamp; one that is ahead of us must not pull the mark ahead.
    this.#markMs = Math.max(this.#markMs, Math.min(prepared.lastTimestampMs, parts.nowMs()));
    const isDue = performance.now() - this.#writtenAt >= parts.settings.positionEveryMs;
    const isCollected = collected.unhosted.length + collected.parked.length + collected.notes.length > 0;
    if (isCollected || isDue) await this.#write(collected, before);
    const { topic, partition } = this.stream.partition;
    parts.hintPosition({ topic, partition }, this.#nextOffset);
  }

  #decideAccount({ organisation, records }: AccountRecords): Promise<AccountOutcome> {
    const { decider, parked } = this.parts;
    return decider.decide({
      organisation,
      records,
      feed: this.stream.partition,
      isParked: () => parked.count > 0 && parked.has(organisation),
      keepUnhosted: (unhosted) => this.#keep(unhosted.map((record) => ({ ...record, organisation }))),
      onProgress: () => {
        this.#progressAt = performance.now();
      },
    });
  }

  #collect(collected: CollectedHere, { organisation }: AccountRecords, outcome: AccountOutcome): void {
    const { parked, topics, nowMs, log } = this.parts;
    for (const record of outcome.unhosted) collected.unhosted.push({ ...record, organisation });
    const [first] = outcome.undecided;
    if (first === undefined) return;
    const { fault } = outcome;
    if (!this.stream.state.parked.has(organisation)) {
      // Each partition's stream says for itself that it keeps records of the account.
      const why = fault ?? { organisation, reason: ECHOED, detail: 'the account is parked by another partition' };
      collected.notes.push(accountParked(why, nowMs(), first.offset));
      parked.add(organisation, this.name, why.reason);
      log.error(
        { partition: this.name, offset: String(first.offset), ...describeError(fault) },
        'An account is parked',
      );
    }
    const at = { feed: this.stream.partition, topics, detail: fault?.detail ?? 'the account is parked' };
    for (const record of outcome.undecided) collected.parked.push(parkedRecord(record, organisation, at));
  }

  #position(): { nextOffset: bigint; last: LastRecord | null; markMs: number; atMs: number } {
    return { nextOffset: this.#nextOffset, last: this.#last(), markMs: this.#markMs, atMs: this.parts.nowMs() };
  }

  /** Collected records without the position: the rest of their batch is not decided yet. */
  async #keep(records: readonly UnhostedQuarantine[]): Promise<void> {
    const before = this.#position();
    await this.#appendAll(positionAppends({ notes: [], unhosted: records, parked: [] }, before, before));
    this.parts.tally.quarantined += records.length;
  }

  async #write(collected: CollectedHere, before = this.#position()): Promise<void> {
    const { parts } = this;
    const position = this.#position();
    await this.#appendAll(positionAppends(collected, position, before));
    parts.tally.positions += 1;
    this.#writtenAt = performance.now();
    this.#isMoved = false;
    this.#progressAt = this.#writtenAt;
    await this.#trim(position.nextOffset);
  }

  async #appendAll(appends: readonly (readonly FeedEvent[])[]): Promise<void> {
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
      log.warn({ partition: this.name, ...describeError(error) }, 'Old records were not removed');
    });
    crashPoint('trim.after');
  }
}

interface CollectedHere {
  readonly notes: FeedEvent[];
  readonly unhosted: UnhostedQuarantine[];
  readonly parked: ParkedRecord[];
}

const NOTHING: CollectedHere = { notes: [], unhosted: [], parked: [] };
