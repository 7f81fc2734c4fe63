import { Controller, Inject } from '@nestjs/common';
import { z } from 'zod';
import type { ApiParts } from '../api-parts.js';
import { Endpoint } from '../edge/endpoint.js';
import { FEED_LAG, PARTS } from '../tokens.js';
import type { FeedLag } from './feed-lag.js';

/** A lane holds many accounts: of all of them its position says what it is based on. */
const asOfPosition = z.object({ revision: z.null(), position: z.string(), ledgerTime: z.null() });

const lag = z.object({
  waiting: z.number().meta({ description: 'Records that no partition has decided yet' }),
  behind: z.number().meta({ description: 'Events that the slowest projection has not seen yet' }),
  partitions: z.array(
    z.object({
      topic: z.string(),
      partition: z.int(),
      position: z.string(),
      end: z.string(),
      waiting: z.number(),
    }),
  ),
  projections: z.array(z.object({ name: z.string(), position: z.string(), behind: z.number(), asOf: asOfPosition })),
});

type Lag = z.input<typeof lag>;

/** How far the folding and the read models are. */
@Controller()
export class LagController {
  constructor(
    @Inject(PARTS) private readonly parts: ApiParts,
    @Inject(FEED_LAG) private readonly feedLag: FeedLag,
  ) {}

  @Endpoint({
    method: 'GET',
    path: '/v1/lag',
    summary: 'Records waiting per partition, events behind per projection',
    scope: 'read',
    isOperatorOnly: true,
    answer: lag,
  })
  async lag(): Promise<Lag> {
    const partitions = (await this.feedLag.partitions()).map((each) => ({
      topic: each.topic,
      partition: each.partition,
      position: each.position.toString(),
      end: each.end.toString(),
      waiting: Number(each.waiting),
    }));
    // After the partitions: what they have decided is then in the streams that projections are measured against.
    const projections = await this.#projections();
    return {
      waiting: partitions.reduce((sum, each) => sum + each.waiting, 0),
      behind: Math.max(0, ...projections.map((each) => each.behind)),
      partitions,
      projections,
    };
  }

  async #projections(): Promise<Lag['projections']> {
    const lanes = await this.parts.queries.lag();
    return lanes.map((lane) => ({ ...lane, asOf: { revision: null, position: lane.position, ledgerTime: null } }));
  }
}
