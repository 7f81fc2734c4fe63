import { Controller, Inject } from '@nestjs/common';
import { EventPattern, MessagePattern } from '@nestjs/microservices';
import type { FeedAlarm, FeedBatch, StartPosition, TopicPartition } from '@app/usage-feed';
import { Partitions } from './partitions/partitions.js';
import { USAGE_FEED, type PartitionDrained } from './transport/index.js';

/** The five calls of the usage feed, handed to the partitions that they are about. */
@Controller()
export class UsageFeedController {
  constructor(@Inject(Partitions) private readonly partitions: Partitions) {}

  @MessagePattern(USAGE_FEED.assigned)
  assigned(partition: TopicPartition): Promise<StartPosition> {
    return this.partitions.assigned(partition);
  }

  @EventPattern(USAGE_FEED.batch)
  async batch(batch: FeedBatch): Promise<void> {
    await this.partitions.batch(batch);
  }

  @EventPattern(USAGE_FEED.idle)
  async idle(drained: PartitionDrained): Promise<void> {
    await this.partitions.idle(drained, drained.atMs);
  }

  @EventPattern(USAGE_FEED.revoked)
  async revoked(partition: TopicPartition): Promise<void> {
    await this.partitions.revoked(partition);
  }

  @EventPattern(USAGE_FEED.alarm)
  alarm(alarm: FeedAlarm): void {
    this.partitions.alarm(alarm);
  }
}
