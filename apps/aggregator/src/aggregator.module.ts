import { Module, type DynamicModule } from '@nestjs/common';
import { Partitions } from './partitions/partitions.js';
import { UsageFeedController } from './usage-feed.controller.js';

/** The aggregator as a Nest microservice, on partitions that somebody else composed. */
@Module({})
export class AggregatorModule {
  static of(partitions: Partitions): DynamicModule {
    return {
      module: AggregatorModule,
      controllers: [UsageFeedController],
      providers: [{ provide: Partitions, useValue: partitions }],
    };
  }
}
