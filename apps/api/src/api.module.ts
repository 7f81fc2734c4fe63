import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import type { ApiConfig } from './api-config.js';
import type { ApiParts } from './api-parts.js';
import { CommandRunner } from './commands/command-runner.js';
import { CONTROLLERS } from './controllers.js';
import { Cursors } from './edge/cursor.js';
import { Ingestion } from './ingest/ingestion.js';
import { StreamTerms } from './ingest/stream-terms.js';
import { TermsCache } from './ingest/terms-cache.js';
import { Authenticator } from './keys/authenticator.js';
import { RateLimiter } from './keys/rate-limiter.js';
import { endpointsOf } from './openapi/endpoints-of.js';
import { openApiDocument } from './openapi/openapi-document.js';
import { FeedLag } from './operations/feed-lag.js';
import { RequestMetrics } from './operations/request-metrics.js';
import {
  AUTHENTICATOR,
  COMMANDS,
  CURSORS,
  FEED_LAG,
  INGESTION,
  METRICS,
  OPENAPI,
  PARTS,
  QUERIES,
  RATE_LIMITER,
  REQUEST_METRICS,
  TOPICS,
} from './tokens.js';
import { topicsOf } from './topics.js';

/** The API as a Nest module, on parts that somebody else made. */
@Module({})
export class ApiModule {
  static of(config: ApiConfig, parts: ApiParts): DynamicModule {
    return {
      module: ApiModule,
      controllers: [...CONTROLLERS],
      providers: [
        { provide: PARTS, useValue: parts },
        { provide: CURSORS, useValue: new Cursors(config.adminKey) },
        { provide: AUTHENTICATOR, useValue: new Authenticator(config.adminKey, parts.keys, parts.nowMs) },
        { provide: COMMANDS, useValue: new CommandRunner(parts.commands) },
        { provide: INGESTION, useValue: ingestionOf(config, parts) },
        { provide: TOPICS, useValue: topicsOf(config.topic) },
        { provide: QUERIES, useValue: parts.queries },
        { provide: FEED_LAG, useValue: feedLagOf(config, parts) },
        { provide: OPENAPI, useValue: openApiDocument(endpointsOf(CONTROLLERS)) },
        { provide: METRICS, useValue: parts.metrics },
        { provide: REQUEST_METRICS, useValue: new RequestMetrics(parts.metrics) },
        { provide: RATE_LIMITER, useValue: new RateLimiter(config.rateLimits, parts.nowMs) },
      ],
    };
  }
}

function ingestionOf({ topic }: ApiConfig, { feed, catalogs, accounts, nowMs }: ApiParts): Ingestion {
  const terms = new TermsCache(new StreamTerms(accounts), nowMs);
  return new Ingestion({ feed, topics: topicsOf(topic), terms, catalog: () => catalogs.current, nowMs });
}

function feedLagOf({ topic }: ApiConfig, { store, feed, feeds, nowMs }: ApiParts): FeedLag {
  return new FeedLag({ store, feed, feeds, topics: Object.values(topicsOf(topic)), nowMs });
}
