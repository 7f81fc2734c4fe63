import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ApiConfig } from './api-config.js';
import type { ApiParts } from './api-parts.js';
import { ApiModule } from './api.module.js';
import { addHooks, createHttpAdapter } from './edge/http-server.js';
import { ProblemFilter } from './edge/problem-filter.js';
import type { Authenticator } from './keys/authenticator.js';
import type { RateLimiter } from './keys/rate-limiter.js';
import type { RequestMetrics } from './operations/request-metrics.js';
import type { NotificationDispatcher } from './notifications/notification-dispatcher.js';
import type { RechargeExecutor } from './payments/recharge-executor.js';
import { AUTHENTICATOR, NOTIFICATION_DISPATCHER, RATE_LIMITER, RECHARGE_EXECUTOR, REQUEST_METRICS } from './tokens.js';

export interface RunningApi {
  /** `http://127.0.0.1:3000`, with the port that was taken. */
  readonly url: string;
  /** Finishes the requests under way; the parts are their maker's to close. */
  stop(): Promise<void>;
}

/** Serves the API on these parts. Resolves when it listens. */
export async function startApi(config: ApiConfig, parts: ApiParts): Promise<RunningApi> {
  const adapter = createHttpAdapter(parts.log);
  const app = await NestFactory.create<NestFastifyApplication>(ApiModule.of(config, parts), adapter, {
    logger: false,
    abortOnError: false,
    bodyParser: false,
  });
  const gate = {
    authenticator: app.get<Authenticator>(AUTHENTICATOR),
    rateLimiter: app.get<RateLimiter>(RATE_LIMITER),
  };
  addHooks(app, gate, { log: parts.log, metrics: app.get<RequestMetrics>(REQUEST_METRICS) });
  app.useGlobalFilters(new ProblemFilter(parts.log));
  await app.listen(config.port, config.host);
  const executor = app.get<RechargeExecutor>(RECHARGE_EXECUTOR);
  executor.start();
  const dispatcher = app.get<NotificationDispatcher>(NOTIFICATION_DISPATCHER);
  dispatcher.start();
  const stop = async (): Promise<void> => {
    await Promise.all([executor.stop(), dispatcher.stop(), app.close()]);
    parts.notifications.notifier.close();
    parts.payments.processors.close();
  };
  return { url: urlOf(config.host, app), stop };
}

function urlOf(host: string, app: NestFastifyApplication): string {
  const address: unknown = app.getHttpServer().address();
  const { port } = address as { port: number };
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
