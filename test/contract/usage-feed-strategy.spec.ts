import 'reflect-metadata';
import { afterEach, describe, expect, it } from '@jest/globals';
import { MemoryUsageFeed } from '@app/usage-feed';
import type { FeedAlarm, FeedBatch, StartPosition, TopicPartition } from '@app/usage-feed';
import { eventually } from '@app/usage-feed/testing';
import { Controller, Module, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern, MessagePattern } from '@nestjs/microservices';
import { USAGE_FEED, UsageFeedStrategy } from '../../apps/aggregator/src/transport/index.js';

const TOPIC = 'usage.v1';
const OPTIONS = { topics: [TOPIC], batchRecordsMax: 10, batchBytesMax: 10_000, idleMs: 20 };

class Seen {
  readonly calls: string[] = [];
  readonly values: string[] = [];
  readonly alarms: FeedAlarm[] = [];
  failuresLeft = 0;
  start: StartPosition = { offset: 'start' };
}
let seen = new Seen();

@Controller()
class FeedController {
  @MessagePattern(USAGE_FEED.assigned)
  async assigned({ partition }: TopicPartition): Promise<StartPosition> {
    seen.calls.push(`assigned ${partition}`);
    return seen.start;
  }

  @EventPattern(USAGE_FEED.batch)
  async batch({ records }: FeedBatch): Promise<void> {
    seen.calls.push(`batch of ${records.length}`);
    if (seen.failuresLeft-- > 0) throw new Error('not now');
    seen.values.push(...records.map(({ value }) => Buffer.from(value ?? []).toString()));
  }

  @EventPattern(USAGE_FEED.idle)
  idle({ partition }: TopicPartition): void {
    seen.calls.push(`idle ${partition}`);
  }

  @EventPattern(USAGE_FEED.revoked)
  revoked({ partition }: TopicPartition): void {
    seen.calls.push(`revoked ${partition}`);
  }

  @EventPattern(USAGE_FEED.alarm)
  alarm(alarm: FeedAlarm): void {
    seen.alarms.push(alarm);
  }
}

@Module({ controllers: [FeedController] })
class FeedModule {}

@Module({})
class EmptyModule {}

const feedOf = async (values: readonly string[]): Promise<MemoryUsageFeed> => {
  seen = new Seen();
  const feed = new MemoryUsageFeed();
  await feed.ensureTopics([{ topic: TOPIC, timestamps: 'append', partitions: 1 }]);
  await feed.publish(
    TOPIC,
    values.map((value) => ({ key: null, value: Buffer.from(value) })),
  );
  return feed;
};

describe('the usage-feed transport strategy', () => {
  let service: INestMicroservice | undefined;
  const serve = async (feed: MemoryUsageFeed, module: typeof FeedModule = FeedModule): Promise<void> => {
    const strategy = new UsageFeedStrategy({ feed, options: OPTIONS });
    service = await NestFactory.createMicroservice(module, { strategy, logger: false });
    await service.listen();
  };
  afterEach(async () => {
    await service?.close();
    service = undefined;
  });

  it('hands whole batches to a controller, from the position that it answers, and revokes on close', async () => {
    const feed = await feedOf(['a', 'b', 'c']);
    seen.start = { offset: 1n };
    await serve(feed);
    await eventually('an idle call', () => seen.calls.includes('idle 0'));
    await service?.close();
    expect(seen.values).toEqual(['b', 'c']);
    expect(seen.calls.slice(0, 3)).toEqual(['assigned 0', 'batch of 2', 'idle 0']);
    expect(seen.calls.at(-1)).toBe('revoked 0');
  });

  it('lets a throw of the controller reach the consumer, which delivers again', async () => {
    const feed = await feedOf(['a', 'b']);
    seen.failuresLeft = 2;
    await serve(feed);
    await eventually('the records', () => seen.values.length === 2);
    expect(seen.calls.filter((call) => call.startsWith('batch'))).toEqual(['batch of 2', 'batch of 2', 'batch of 2']);
    expect(seen.values).toEqual(['a', 'b']);
  });

  it('routes an alarm', async () => {
    const feed = await feedOf(['a']);
    seen.start = { offset: 9n };
    await serve(feed);
    await eventually('the alarm', () => seen.alarms.length === 1);
    expect(seen.alarms[0]?.code).toBe('PositionBeyondLogEnd');
  });

  it('refuses to listen when a handler is missing', async () => {
    const feed = await feedOf([]);
    await expect(serve(feed, EmptyModule)).rejects.toThrow('No controller handles usage-feed.assigned');
  });
});
