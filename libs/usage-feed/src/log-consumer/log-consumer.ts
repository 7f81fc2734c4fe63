import { setMaxListeners } from 'node:events';
import type { ConsumeOptions, FeedConsumer, FeedHandler, TopicPartition } from '../usage-feed.js';
import { PositionHints } from '../position-hints.js';
import { UnknownTopic } from '../usage-feed.js';
import { PartitionLoop } from './partition-loop.js';
import { BackOff, pause } from './pause.js';
import type { RecordLog } from './record-log.js';

/** How soon a decided position is seen by lag tools. */
const HINT_MS = 50;
/** How soon an added partition is noticed. */
const DISCOVERY_MS = 500;

/** Consumes every partition of its topics from an embedded log, one loop each; two consumers may run side by side. */
export class LogConsumer implements FeedConsumer {
  private readonly stopping = new AbortController();
  private readonly running = new Map<string, Promise<void>>();
  private readonly hints: PositionHints;
  private discovering: Promise<void> = Promise.resolve();
  private answeredAt = performance.now();

  constructor(
    private readonly log: RecordLog,
    private readonly options: ConsumeOptions,
  ) {
    this.hints = new PositionHints((offsets) => log.keepHints(offsets), HINT_MS);
    // Every partition's loop listens to it: their number is bounded, and above Node's idea of a leak.
    setMaxListeners(0, this.stopping.signal);
  }

  get reachedAt(): number {
    return this.answeredAt;
  }

  async start(handler: FeedHandler): Promise<void> {
    const backOff = new BackOff();
    while (!this.stopping.signal.aborted) {
      try {
        const assignments = await this.discover(handler);
        this.discovering = this.keepDiscovering(handler);
        await Promise.all(assignments);
        await this.hints.flush();
        return;
      } catch (error) {
        if (error instanceof UnknownTopic) throw error;
        await backOff.wait(this.stopping.signal);
      }
    }
  }

  hintPosition(partition: TopicPartition, nextOffset: bigint): void {
    this.hints.keep(partition, nextOffset);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.discovering;
    await Promise.all(this.running.values());
    await this.hints.close();
  }

  private async discover(handler: FeedHandler): Promise<readonly Promise<void>[]> {
    const found = await this.log.partitions(this.options.topics);
    this.answeredAt = performance.now();
    const { signal } = this.stopping;
    const assignments: Promise<void>[] = [];
    for (const partition of found) {
      const name = `${partition.topic}/${partition.partition}`;
      if (this.running.has(name) || signal.aborted) continue;
      const onBegun = (position: bigint): void => this.hints.keep(partition, position);
      const loop = new PartitionLoop({ log: this.log, partition, handler, options: this.options, signal, onBegun });
      this.running.set(name, loop.run());
      assignments.push(loop.firstAssignment);
    }
    return assignments;
  }

  private async keepDiscovering(handler: FeedHandler): Promise<void> {
    while (true) {
      await pause(DISCOVERY_MS, this.stopping.signal);
      if (this.stopping.signal.aborted) return;
      // A log that is away is looked at again after the next pause.
      await this.discover(handler).then(
        () => undefined,
        () => undefined,
      );
    }
  }
}
