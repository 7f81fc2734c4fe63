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
import { NotificationDispatcher } from './notifications/notification-dispatcher.js';
import { endpointsOf } from './openapi/endpoints-of.js';
import { openApiDocument } from './openapi/openapi-document.js';
import { FeedLag } from './operations/feed-lag.js';
import { RequestMetrics } from './operations/request-metrics.js';
import { PaymentSettlement } from './payments/payment-settlement.js';
import { RechargeExecutor } from './payments/recharge-executor.js';
import { FoldedUsage } from './sandbox/folded-usage.js';
import {
  AUTHENTICATOR,
  COMMANDS,
  CURSORS,
  FEED_LAG,
  FOLDED_USAGE,
  INGESTION,
  NOTIFICATION_DISPATCHER,
  OPENAPI,
  PARTS,
  PAYMENT_SETTLEMENT,
  QUERIES,
  RATE_LIMITER,
  RECHARGE_EXECUTOR,
  REQUEST_METRICS,
  TOPICS,
} from './tokens.js';
import { topicsOf } from './topics.js';

/** The API as a Nest module, on parts that somebody else made. */
@Module({})
export class ApiModule {
  static of(config: ApiConfig, parts: ApiParts): DynamicModule {
    const lag = feedLagOf(config, parts);
    const settlement = settlementOf(parts);
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
        { provide: FEED_LAG, useValue: lag },
        { provide: FOLDED_USAGE, useValue: new FoldedUsage({ feed: parts.feed, accounts: parts.accounts, lag }) },
        { provide: PAYMENT_SETTLEMENT, useValue: settlement },
        { provide: RECHARGE_EXECUTOR, useValue: executorOf(parts, settlement) },
        { provide: NOTIFICATION_DISPATCHER, useValue: dispatcherOf(parts) },
        { provide: OPENAPI, useValue: openApiDocument(endpointsOf(CONTROLLERS)) },
        { provide: REQUEST_METRICS, useValue: new RequestMetrics(parts.metrics) },
        { provide: RATE_LIMITER, useValue: new RateLimiter(config.rateLimits, parts.nowMs) },
      ],
    };
  }
}

function ingestionOf({ topic }: ApiConfig, { feed, catalogs, accounts, parked, nowMs }: ApiParts): Ingestion {
  return new Ingestion({
    feed,
    topics: topicsOf(topic),
    terms: new TermsCache(new StreamTerms(accounts), nowMs),
    isParked: (organisation) => parked.has(organisation),
    catalog: () => catalogs.current,
    nowMs,
  });
}

function feedLagOf({ topic }: ApiConfig, { store, feed, feeds }: ApiParts): FeedLag {
  return new FeedLag({ store, feed, feeds, topics: Object.values(topicsOf(topic)) });
}

function settlementOf({ accounts, commands, payments, log }: ApiParts): PaymentSettlement {
  const { processors } = payments;
  const settlement = new PaymentSettlement({ accounts, commands, processors, log });
  // The test processor lives in this process; its webhooks are signed and verified all the same.
  processors.test.connect((webhook) =>
    settlement.take({ processor: processors.test, notice: processors.test.verifyWebhook(webhook) }),
  );
  return settlement;
}

function dispatcherOf({ store, accounts, notifications, nowMs, log }: ApiParts): NotificationDispatcher {
  const { journal, notifier } = notifications;
  return new NotificationDispatcher({ store, accounts, journal, notifier, nowMs, log });
}

function executorOf(parts: ApiParts, settlement: PaymentSettlement): RechargeExecutor {
  const { store, accounts, catalogs, payments, nowMs, log } = parts;
  return new RechargeExecutor({
    store,
    accounts,
    catalog: () => catalogs.current,
    ...payments,
    settlement,
    nowMs,
    log,
  });
}
