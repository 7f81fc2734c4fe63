import type {
  ConsumeOptions,
  FeedAlarm,
  FeedConsumer,
  FeedHandler,
  StartPosition,
  TopicPartition,
  UsageFeed,
} from '@app/usage-feed';
import { BaseRpcContext, Server, type CustomTransportStrategy } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import { USAGE_FEED, type UsageFeedPattern } from './usage-feed-patterns.js';

export interface UsageFeedStrategyOptions {
  readonly feed: UsageFeed;
  readonly options: ConsumeOptions;
}

export interface PartitionDrained extends TopicPartition {
  /** Nothing was waiting at this moment of the live clock, Unix milliseconds. */
  readonly atMs: number;
}

/** A handler failed; the consumer delivers again. The cause is what Nest's exception layer left of the error. */
export class UsageFeedHandlerFailed extends Error {
  override readonly name = 'UsageFeedHandlerFailed';
  readonly code = 'UsageFeedHandlerFailed';
}

/**
 * Hands whole batches of the usage feed to one Nest controller. Nest's own Kafka transport is not used because it
 * delivers single messages, and commits the offset of a message that nobody handled: both break the fold, whose
 * position is the event store's alone.
 */
export class UsageFeedStrategy extends Server implements CustomTransportStrategy {
  /** Failures travel to the consumer, so Nest need not report them a second time. */
  override readonly propagatesEventHandlerErrors = true;
  private readonly consumer: FeedConsumer;

  constructor({ feed, options }: UsageFeedStrategyOptions) {
    super();
    this.consumer = feed.consumer(options);
  }

  /** Starts the consumer; `callback` gets the error when a handler is missing or the topic is unknown. */
  listen(callback: (error?: unknown) => void): void {
    void this.startThen(callback);
  }

  /** Resolves when every handler call has ended and every partition is revoked. */
  close(): Promise<void> {
    return this.consumer.stop();
  }

  /** When the feed last answered (monotonic milliseconds). */
  get reachedAt(): number {
    return this.consumer.reachedAt;
  }

  /** Everything below `nextOffset` is decided: a hint for lag tools, see the port. */
  hintPosition(partition: TopicPartition, nextOffset: bigint): void {
    this.consumer.hintPosition(partition, nextOffset);
  }

  on(event: string): never {
    throw new Error(`The usage feed has no event ${event}: subscribe with the patterns of USAGE_FEED`);
  }

  /** Nobody but the strategy may start or stop the consumer, or Nest's life cycle would not be the feed's. */
  unwrap(): never {
    throw new Error('The consumer belongs to the strategy: inject the feed instead');
  }

  private async startThen(callback: (error?: unknown) => void): Promise<void> {
    try {
      await this.start();
    } catch (error) {
      callback(error);
      return;
    }
    callback();
  }

  private async start(): Promise<void> {
    for (const pattern of Object.values(USAGE_FEED)) {
      if (this.getHandlerByPattern(pattern) === null) throw new Error(`No controller handles ${pattern}`);
    }
    await this.consumer.start(this.routes());
  }

  private routes(): FeedHandler {
    return {
      onAssigned: async (partition) => (await this.call(USAGE_FEED.assigned, partition)) as StartPosition,
      onBatch: async (batch) => void (await this.call(USAGE_FEED.batch, batch)),
      onIdle: async (partition, atMs) => {
        const drained: PartitionDrained = { ...partition, atMs };
        await this.call(USAGE_FEED.idle, drained);
      },
      onRevoked: async (partition) => void (await this.call(USAGE_FEED.revoked, partition)),
      onAlarm: (alarm) => this.raise(alarm),
    };
  }

  private raise(alarm: FeedAlarm): void {
    this.logger.error(`${alarm.code}: ${alarm.detail}`);
    this.call(USAGE_FEED.alarm, alarm).catch((error: unknown) => this.handleError(String(error)));
  }

  /** Nest's exception layer turns a throw into an erroring stream: it is awaited here, so that the throw comes back. */
  private async call(pattern: UsageFeedPattern, payload: unknown): Promise<unknown> {
    const handler = this.getHandlerByPattern(pattern);
    if (handler === null) throw new Error(`No controller handles ${pattern}`);
    try {
      const result: unknown = await handler(payload, new BaseRpcContext([pattern]));
      return isObservable(result) ? await lastValueFrom(result, { defaultValue: undefined }) : result;
    } catch (cause) {
      throw new UsageFeedHandlerFailed(`The handler of ${pattern} failed`, { cause });
    }
  }
}
