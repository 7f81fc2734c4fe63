import type { FeedStreams } from '@app/accounts';
import type { FeedAlarm, FeedBatch, StartPosition, TopicPartition } from '@app/usage-feed';
import type { CrashPoint } from '../crash-points.js';
import { OwnedPartition, type OwnedPartitionParts } from './owned-partition.js';
import { PartitionStream, type PartitionStreamParts } from './partition-stream.js';

export interface PartitionsParts extends OwnedPartitionParts {
  readonly streams: FeedStreams;
  readonly streamParts: PartitionStreamParts;
  readonly crashPoint: CrashPoint;
  readonly onAlarm: (alarm: FeedAlarm) => void;
}

const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

/** The partitions that are ours, and what the usage feed tells of them. */
export class Partitions {
  readonly #owned = new Map<string, OwnedPartition>();
  readonly #alarms = new Map<string, FeedAlarm>();
  /** Assignments under way, since when (monotonic): they count as waiting work. */
  readonly #assigning = new Map<string, number>();

  constructor(private readonly parts: PartitionsParts) {}

  get owned(): Iterable<OwnedPartition> {
    return this.#owned.values();
  }

  get alarms(): readonly FeedAlarm[] {
    return [...this.#alarms.values()];
  }

  find(partition: TopicPartition): OwnedPartition | undefined {
    return this.#owned.get(nameOf(partition));
  }

  /** Since when the longest waiting work has not moved (monotonic); undefined when nothing waits. */
  get stalledSince(): number | undefined {
    const since = [...this.#assigning.values()];
    for (const partition of this.#owned.values()) if (partition.isBusy) since.push(partition.progressAt);
    return since.length === 0 ? undefined : Math.min(...since);
  }

  /** Since when the first partition that another process took over has been lost (monotonic); undefined when none is. */
  get lostSince(): number | undefined {
    const since = [...this.#owned.values()].flatMap(({ lostSince }) => lostSince ?? []);
    return since.length === 0 ? undefined : Math.min(...since);
  }

  /** Fences the owner before us, then answers where to start. */
  async assigned(partition: TopicPartition): Promise<StartPosition> {
    const { streams, streamParts, crashPoint } = this.parts;
    const name = nameOf(partition);
    if (!this.#assigning.has(name)) this.#assigning.set(name, performance.now());
    await this.#owned.get(name)?.onRevoked();
    this.#owned.delete(name);
    crashPoint('assign.before');
    const generation = await streams.generationOf(partition.topic);
    const { topic, partition: number } = partition;
    const stream = await PartitionStream.assign({ topic, generation, partition: number }, streamParts);
    crashPoint('assign.after');
    const owned = new OwnedPartition(this.parts, stream);
    this.#owned.set(name, owned);
    this.#assigning.delete(name);
    this.#alarms.delete(name);
    return owned.start;
  }

  async batch(batch: FeedBatch): Promise<void> {
    await this.#mine(batch).onBatch(batch);
  }

  async idle(partition: TopicPartition, atMs: number): Promise<void> {
    await this.#mine(partition).onIdle(atMs);
  }

  async revoked(partition: TopicPartition): Promise<void> {
    const name = nameOf(partition);
    this.#assigning.delete(name);
    await this.#owned.get(name)?.onRevoked();
    this.#owned.delete(name);
  }

  alarm(alarm: FeedAlarm): void {
    this.#alarms.set(nameOf(alarm), alarm);
    this.parts.onAlarm(alarm);
  }

  #mine(partition: TopicPartition): OwnedPartition {
    const owned = this.#owned.get(nameOf(partition));
    if (owned === undefined) throw new Error(`${nameOf(partition)} was not assigned`);
    return owned;
  }
}
