import { NO_STREAM, type EventStore, type SnapshotStore } from '@app/event-store';
import { feedEvents, type FeedEvent, type FeedPositionRecorded } from '../codec/feed-events.js';
import { AccountBroken, Fenced } from '../errors.js';
import { ACCOUNTS_LIMITS } from '../limits.js';
import { decodeSnapshot, encodeSnapshot } from '../snapshots/fold-snapshot.js';
import type { OnWarning } from '../repository/snapshot-saver.js';
import { beforeStream, encodeChain, readChain, type ChainPosition } from './chain.js';
import { applyFeedEvent, feedStream, initialFeedState, type FeedPartition, type FeedState } from './feed-state.js';

/** More partitions than a topic may have. */
const PARTITIONS_MAX = 1_024;

export interface FeedStreamsOptions {
  readonly store: EventStore;
  readonly snapshots: SnapshotStore;
  /** Different for every start of every process, so that two writers never make equal events. */
  readonly process: string;
  readonly onWarning: OnWarning;
}

/** The partitions' streams: they live in the event store, and nothing else says where consumption starts. */
export class FeedStreams {
  constructor(private readonly options: FeedStreamsOptions) {}

  get process(): string {
    return this.options.process;
  }

  /** The newest generation of a topic: 0 until an operator has accepted a recreated topic. */
  async generationOf(topic: string): Promise<number> {
    let generation = 0;
    while ((await this.#revisionOf({ topic, generation: generation + 1, partition: 0 })) !== NO_STREAM) generation += 1;
    return generation;
  }

  /** Partitions of a generation that were ever assigned. */
  async partitionsOf(topic: string, generation: number): Promise<readonly number[]> {
    const found: number[] = [];
    for (let partition = 0; partition < PARTITIONS_MAX; partition += 1)
      if ((await this.#revisionOf({ topic, generation, partition })) !== NO_STREAM) found.push(partition);
    return found;
  }

  /** What a partition's stream says, without taking the partition over. */
  async read(partition: FeedPartition): Promise<FeedState> {
    return (await this.open(partition)).state;
  }

  /** A partition's stream, without taking the partition over: the first append decides who comes first. */
  async open(partition: FeedPartition): Promise<FeedStream> {
    const stream = new FeedStream(partition, this.options);
    await stream.load();
    return stream;
  }

  /** Takes a partition over: the owner before it is fenced from here on. @throws {Fenced} when another was faster */
  async assign(partition: FeedPartition, atMs: number): Promise<FeedStream> {
    const stream = await this.open(partition);
    await stream.append([{ type: 'FeedAssigned', process: this.process, atMs }]);
    return stream;
  }

  #revisionOf(partition: FeedPartition): Promise<bigint> {
    return this.options.store.streamRevision(feedStream(partition));
  }
}

/** One partition's stream as its owner writes it. Appends take their turns; after an error the partition is assigned anew. */
export class FeedStream {
  readonly stream: string;
  readonly state: FeedState = initialFeedState();
  #position: ChainPosition;
  #savedRevision = -1n;
  #turn: Promise<void> = Promise.resolve();

  constructor(
    readonly partition: FeedPartition,
    private readonly options: FeedStreamsOptions,
  ) {
    this.stream = feedStream(partition);
    this.#position = beforeStream(this.stream);
  }

  get revision(): bigint {
    return this.#position.revision;
  }

  /** Folds the stream, from its snapshot where there is one. @throws {AccountBroken} where it does not verify */
  async load(): Promise<void> {
    const snapshot = await this.#loadSnapshot();
    if (snapshot !== undefined && (await this.#foldFrom(snapshot.state, snapshot))) {
      this.#savedRevision = snapshot.revision;
      return;
    }
    const isRead = await this.#foldFrom(initialFeedState(), beforeStream(this.stream));
    if (!isRead) throw new AccountBroken(this.stream, 'its beginning cannot be read');
  }

  /** Folds what was written since, by whoever owns the partition. @throws {AccountBroken} where it does not verify */
  async follow(): Promise<void> {
    // A store that was restored to an earlier point holds another stream than the one read before.
    if (!(await this.#foldFrom(this.state, this.#position))) await this.load();
  }

  /** Records how far the partition is decided, with the records that no account can hold. @throws {Fenced} */
  recordPosition(position: Omit<FeedPositionRecorded, 'type'>): Promise<void> {
    return this.append([{ type: 'FeedPositionRecorded', ...position }]);
  }

  /** Appends events of this partition, atomically and in turn. @throws {Fenced | EventStoreUnavailable | AppendTooLarge} */
  append(events: readonly FeedEvent[]): Promise<void> {
    const appended = this.#turn.then(() => this.#appendNow(events));
    this.#turn = appended.catch(() => undefined);
    return appended;
  }

  async #appendNow(events: readonly FeedEvent[]): Promise<void> {
    const { stream } = this;
    const expectedRevision = this.#position.revision;
    const { encoded, position } = encodeChain(feedEvents, stream, this.#position, events);
    const [outcome] = await this.options.store.append([{ stream, expectedRevision, events: encoded }]);
    if (outcome?.kind !== 'appended') throw new Fenced(stream);
    for (const event of events) applyFeedEvent(this.state, event);
    this.#position = position;
    await this.#snapshotWhenDue();
  }

  async #foldFrom(state: FeedState, after: ChainPosition): Promise<boolean> {
    const position = await readChain(this.options.store, {
      stream: this.stream,
      codec: feedEvents,
      after: { revision: after.revision, hash: after.hash },
      pageEvents: ACCOUNTS_LIMITS.readPageEvents,
      onEvent: (event) => applyFeedEvent(state, event),
    });
    if (position === 'lost') return false;
    this.#position = position;
    if (state === this.state) return true;
    this.state.position = state.position;
    this.state.parked.clear();
    for (const [organisation, parked] of state.parked) this.state.parked.set(organisation, parked);
    this.state.releasing.clear();
    for (const organisation of state.releasing) this.state.releasing.add(organisation);
    return true;
  }

  async #loadSnapshot(): Promise<ReturnType<typeof decodeSnapshot<FeedState>>> {
    try {
      const stored = await this.options.snapshots.load(this.stream);
      return stored && decodeSnapshot<FeedState>(this.stream, stored.data);
    } catch (error) {
      this.options.onWarning('A snapshot cannot be read', error, this.stream);
      return undefined;
    }
  }

  async #snapshotWhenDue(): Promise<void> {
    if (this.#position.revision - this.#savedRevision < BigInt(ACCOUNTS_LIMITS.snapshotEveryEvents)) return;
    const { revision, hash } = this.#position;
    this.#savedRevision = revision;
    const data = encodeSnapshot(this.stream, { revision, hash, state: this.state });
    try {
      await this.options.snapshots.save({ stream: this.stream, revision, data });
    } catch (error) {
      this.options.onWarning('A snapshot was not saved', error, this.stream);
    }
  }
}
