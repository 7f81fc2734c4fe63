import type { LogBounds } from '../log-consumer/record-log.js';
import { PartitionLoop } from '../log-consumer/partition-loop.js';
import { BackOff } from '../log-consumer/pause.js';
import { UnknownTopic } from '../usage-feed.js';
import type { ConsumeOptions, FeedConsumer, FeedHandler, TopicPartition } from '../usage-feed.js';
import { GroupMember } from './group-member.js';
import type { KafkaAdmin } from './kafka-admin.js';
import { KAFKA_LIMITS, type KafkaConfig } from './kafka-config.js';
import { KafkaPartition } from './kafka-partition.js';
import { prefetchShare, type PrefetchLimits } from './prefetch-budget.js';
import { PositionHints } from '../position-hints.js';

/** A partition while it is ours: its log, and how to let go of it. */
interface Owned {
  readonly log: KafkaPartition;
  readonly revoke: AbortController;
  readonly isReady: Promise<unknown>;
}

const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

/** Consumes what the group assigns, one loop for each partition; where a loop starts, its handler says. */
export class KafkaConsumer implements FeedConsumer {
  private readonly stopping = new AbortController();
  private readonly owned = new Map<string, Owned>();
  /** The last loop of each partition: the next begins when it has ended, so that calls never overlap. */
  private readonly loops = new Map<string, Promise<void>>();
  /** What was read last, also of partitions that went away and come back. */
  private readonly logs = new Map<string, KafkaPartition>();
  private readonly member: GroupMember;
  private readonly hints: PositionHints;
  private readonly prefetchLimits: PrefetchLimits;
  private handler: FeedHandler | undefined;
  private memberId: string | undefined;
  private answeredAt = performance.now();
  private markJoined: () => void = () => undefined;
  private readonly firstJoin = new Promise<void>((resolve) => {
    this.markJoined = resolve;
  });

  constructor(
    private readonly config: KafkaConfig,
    private readonly admin: KafkaAdmin,
    private readonly options: ConsumeOptions,
  ) {
    const { topics, batchBytesMax } = options;
    const { prefetchBytesMax, prefetchBatchesMax, partitionPrefetchBytesMin, partitionFetchBytes } = KAFKA_LIMITS;
    this.prefetchLimits = {
      totalBytes: Math.min(config.prefetchBytesMax ?? prefetchBytesMax, prefetchBatchesMax * batchBytesMax),
      // One batch that waits for its handler, and the next one.
      partitionBytes: { min: partitionPrefetchBytesMin, max: 2 * batchBytesMax },
    };
    const { min, max } = partitionFetchBytes;
    const fetching = { topics, partitionBytesMax: Math.max(min, Math.min(max, batchBytesMax >> 2)) };
    this.member = new GroupMember(config, fetching, {
      onJoined: (memberId, assigned) => this.joined(memberId, assigned),
      onBatch: (batch) => this.owned.get(nameOf(batch))?.log.accept(batch) ?? false,
      onFetchFailed: () => {
        for (const { log } of this.owned.values()) log.doubt();
      },
      onAlive: () => {
        this.answeredAt = performance.now();
      },
      onSkipped: (partition, first, last) => this.owned.get(nameOf(partition))?.log.skip(first, last),
    });
    this.hints = new PositionHints((offsets) => this.member.commit(offsets), KAFKA_LIMITS.hintIntervalMs);
  }

  get reachedAt(): number {
    return this.answeredAt;
  }

  async start(handler: FeedHandler): Promise<void> {
    this.handler = handler;
    const stopped = new Promise<void>((resolve) => {
      this.stopping.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await Promise.race([this.topicsExist(), stopped]);
    if (this.stopping.signal.aborted) return;
    this.member.start();
    await this.firstJoin;
    await Promise.all([...this.owned.values()].map(({ isReady }) => isReady));
    await this.hints.flush();
  }

  hintPosition(partition: TopicPartition, nextOffset: bigint): void {
    this.hints.keep(partition, nextOffset);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    // First the handlers, then the group: whoever gets the partitions next finds everything decided.
    await Promise.all(this.loops.values());
    await this.hints.close();
    await this.member.stop();
    this.markJoined();
  }

  private joined(memberId: string, assigned: readonly TopicPartition[]): void {
    const isSameMember = memberId === this.memberId;
    this.memberId = memberId;
    this.answeredAt = performance.now();
    const names = new Set(assigned.map(nameOf));
    for (const [name, { log, revoke }] of this.owned) {
      if (isSameMember && names.has(name)) {
        // The client starts from the group's offsets again after every join, whatever was read before.
        log.doubt();
        continue;
      }
      log.close();
      revoke.abort();
      this.owned.delete(name);
    }
    if (this.stopping.signal.aborted) return;
    for (const partition of assigned) if (!this.owned.has(nameOf(partition))) this.begin(partition);
    this.markJoined();
  }

  private begin(partition: TopicPartition): void {
    const { handler } = this;
    if (handler === undefined) return;
    const name = nameOf(partition);
    const log = new KafkaPartition(partition, this.fetching(), this.logs.get(name)?.lastRead);
    const revoke = new AbortController();
    const signal = AbortSignal.any([revoke.signal, this.stopping.signal]);
    const onBegun = (position: bigint): void => this.hints.keep(partition, position);
    const loop = new PartitionLoop({ log, partition, handler, options: this.options, signal, onBegun });
    const previous = this.loops.get(name) ?? Promise.resolve();
    const run = previous.then(() => (signal.aborted ? undefined : loop.run())).finally(() => log.doubt());
    this.loops.set(name, run);
    this.logs.set(name, log);
    this.owned.set(name, { log, revoke, isReady: Promise.race([loop.firstAssignment, run]) });
  }

  private fetching(): ConstructorParameters<typeof KafkaPartition>[1] {
    const { member } = this;
    return {
      seek: (partition, offset) => member.seek(partition, offset),
      pause: (partition) => member.pause(partition),
      resume: (partition) => member.resume(partition),
      bounds: (partition) => this.bounds(partition),
      prefetchBytesMax: () =>
        prefetchShare(
          Array.from(this.owned.values(), ({ log }) => log.heldBytes),
          this.prefetchLimits,
        ),
    };
  }

  private async bounds({ topic, partition }: TopicPartition): Promise<LogBounds | undefined> {
    const ends = await this.admin.ends(topic);
    const found = ends.find((one) => one.partition === partition);
    // A broker that has just started may not know a partition yet: absence is asked about again, never believed.
    if (found === undefined) throw new UnknownTopic(`Kafka does not show ${nameOf({ topic, partition })}`);
    return { startOffset: found.start, endOffset: found.end };
  }

  private async topicsExist(): Promise<void> {
    const backOff = new BackOff();
    while (!this.stopping.signal.aborted) {
      try {
        for (const topic of this.options.topics) await this.admin.partitionCount(topic);
        return;
      } catch (error) {
        if (error instanceof UnknownTopic) throw error;
        await backOff.wait(this.stopping.signal);
      }
    }
  }
}
