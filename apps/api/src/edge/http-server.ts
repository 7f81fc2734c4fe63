import { randomUUID } from 'node:crypto';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { LIMITS } from '../limits.js';
import type { RequestMetrics } from '../operations/request-metrics.js';
import { CALL, callIfAny } from './call.js';
import type { EndpointDefinition } from './endpoint.js';
import { guardRequest } from './guard-request.js';
import type { Gatekeepers } from './guard-request.js';
import type { HttpReply, HttpRequest } from './http.js';
import { Problem } from './problem.js';
import { sendProblem } from './problem-filter.js';
import { refuseUnparsed } from './refuse-unparsed.js';

/** The HTTP framework with this app's limits. Bodies are taken as bytes: endpoints read them after they let the caller in. */
export function createHttpAdapter(log: Logger): FastifyAdapter {
  const adapter = new FastifyAdapter({
    genReqId: () => randomUUID(),
    bodyLimit: LIMITS.bodyBytesMax,
    requestTimeout: LIMITS.requestTimeoutMs,
    keepAliveTimeout: LIMITS.keepAliveTimeoutMs,
    connectionTimeout: LIMITS.connectionIdleMs,
    http: { headersTimeout: LIMITS.headersTimeoutMs, connectionsCheckingInterval: LIMITS.timeoutsCheckedEveryMs },
    clientErrorHandler: refuseUnparsed,
    routerOptions: { maxParamLength: LIMITS.pathParameterCharsMax, ignoreTrailingSlash: false },
    forceCloseConnections: 'idle',
    frameworkErrors: (error: unknown, request: HttpRequest, reply: HttpReply) =>
      sendProblem(error, { request, reply, log }),
  });
  const server = adapter.getInstance();
  server.server.maxConnections = LIMITS.connectionsMax;
  server.decorateRequest(CALL, null);
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  // The framework's own limit is per route: bulk routes take more.
  server.addHook('onRoute', (route) => {
    const { endpoint } = (route.config ?? {}) as { readonly endpoint?: EndpointDefinition };
    if (endpoint?.bodyBytesMax !== undefined) route.bodyLimit = endpoint.bodyBytesMax;
  });
  return adapter;
}

export interface Observers {
  readonly log: Logger;
  readonly metrics: RequestMetrics;
}

/** Hooks around every request: let in, headers, log. */
export function addHooks(app: NestFastifyApplication, gate: Gatekeepers, { log, metrics }: Observers): void {
  const server = app.getHttpAdapter().getInstance();
  server.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    reply.header('x-content-type-options', 'nosniff');
    reply.header('cache-control', 'no-store');
    assertOneHost(request.raw.rawHeaders);
    if (!request.is404) await guardRequest(request, gate);
  });
  server.addHook('onResponse', (request, reply, done) => {
    logExchange(request, reply, log);
    metrics.observe({
      method: request.method,
      route: request.routeOptions.url ?? 'none',
      status: reply.statusCode,
      seconds: reply.elapsedTime / 1_000,
    });
    done();
  });
}

/** Proxies choose one of two hosts, and not all of them the same. Rule: RFC 9112, 3.2. @throws Problem MalformedRequest */
function assertOneHost(rawHeaders: readonly string[]): void {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  if (hosts > 1) throw Problem.of('MalformedRequest', 'A request has one Host.');
}

/** The route's pattern, never the path or a header: what clients send stays out of the log. */
function logExchange(request: HttpRequest, reply: HttpReply, log: Logger): void {
  // What went well is counted by the metrics: the log's volume stays bounded by what did not.
  const level = reply.statusCode < 400 ? 'debug' : 'info';
  if (!log.isLevelEnabled(level)) return;
  const call = callIfAny(request);
  log[level](
    {
      requestId: request.id,
      method: request.method,
      route: request.routeOptions.url ?? null,
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime * 10) / 10,
      keyId: call?.principal.keyId ?? null,
    },
    'request',
  );
}
