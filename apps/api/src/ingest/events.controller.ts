import { Controller, Inject } from '@nestjs/common';
import { z } from 'zod';
import { TheCall, TheQuery } from '../edge/call.js';
import type { Call } from '../edge/call.js';
import { Endpoint } from '../edge/endpoint.js';
import { chargeRate } from '../edge/guard-request.js';
import { headerOf } from '../edge/http.js';
import type { HttpRequest } from '../edge/http.js';
import { Problem } from '../edge/problem.js';
import { bodyBytesOf, mediaTypeOf, TheRequest } from '../edge/request-body.js';
import type { RateLimiter } from '../keys/rate-limiter.js';
import { LIMITS } from '../limits.js';
import type { RequestMetrics } from '../operations/request-metrics.js';
import { INGESTION, RATE_LIMITER, REQUEST_METRICS } from '../tokens.js';
import type { Ingestion, Sending } from './ingestion.js';
import { EVENT_TYPES, NDJSON_TYPES, readItems } from './read-events.js';
import type { BodyForm, ReadItem } from './read-events.js';

const usageEvent = z
  .object({
    specversion: z.literal('1.0'),
    id: z.string(),
    source: z.string(),
    type: z.string(),
    subject: z.string().meta({ description: 'The organisation' }),
    time: z.iso.datetime({ offset: true }),
    data: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ description: 'CloudEvent 1.0' });

const usage = z.union([usageEvent, z.array(usageEvent)]);
const accepted = z.object({ accepted: z.int() });
const backfillQuery = z.strictObject({ adjust: z.enum(['true', 'false']).optional() });
const LIVE_FORMS: Readonly<Record<string, BodyForm>> = EVENT_TYPES;
const BACKFILL_FORMS: Readonly<Record<string, BodyForm>> = { ...EVENT_TYPES, ...NDJSON_TYPES };

/** Usage comes in. */
@Controller()
export class EventsController {
  constructor(
    @Inject(INGESTION) private readonly ingestion: Ingestion,
    @Inject(RATE_LIMITER) private readonly rateLimiter: RateLimiter,
    @Inject(REQUEST_METRICS) private readonly metrics: RequestMetrics,
  ) {}

  @Endpoint({
    method: 'POST',
    path: '/v1/events',
    summary: 'Send usage events; all of them are durable when it answers, or none is accepted',
    scope: 'ingest',
    rateKind: 'ingest',
    body: usage,
    contentTypes: Object.keys(LIVE_FORMS),
    bodyBytesMax: LIMITS.eventsBytesMax,
    status: 202,
    answer: accepted,
  })
  async events(@TheCall() call: Call, @TheRequest() request: HttpRequest): Promise<z.input<typeof accepted>> {
    const items = await this.#items(request, {
      forms: LIVE_FORMS,
      bytesMax: LIMITS.eventsBytesMax,
      itemsMax: LIMITS.eventsMax,
    });
    chargeRate(this.rateLimiter, call.principal, 'ingest', Math.max(1, items.length));
    const { organisation } = call.principal;
    return this.#accept(items, { organisation, mode: 'live', isAdjusting: false });
  }

  @Endpoint({
    method: 'POST',
    path: '/v1/backfill/events',
    summary: 'Send usage of the past, charged as history',
    scope: 'admin',
    isOperatorOnly: true,
    rateKind: 'ingest',
    query: backfillQuery,
    body: usage,
    contentTypes: Object.keys(BACKFILL_FORMS),
    bodyBytesMax: LIMITS.backfillBytesMax,
    status: 202,
    answer: accepted,
  })
  async backfill(
    @TheCall() call: Call,
    @TheRequest() request: HttpRequest,
    @TheQuery() query: z.output<typeof backfillQuery>,
  ): Promise<z.input<typeof accepted>> {
    const bounds = { forms: BACKFILL_FORMS, bytesMax: LIMITS.backfillBytesMax, itemsMax: LIMITS.backfillEventsMax };
    const items = await this.#items(request, bounds);
    chargeRate(this.rateLimiter, call.principal, 'ingest', Math.max(1, items.length));
    const sending = { organisation: null, mode: 'history', isAdjusting: query.adjust === 'true' } as const;
    return this.#accept(items, sending);
  }

  async #accept(items: readonly ReadItem[], sending: Sending): Promise<z.input<typeof accepted>> {
    const count = await this.ingestion.accept(items, sending);
    this.metrics.eventsAccepted(count);
    return { accepted: count };
  }

  async #items(request: HttpRequest, bounds: BodyBounds): Promise<readonly ReadItem[]> {
    const form = bounds.forms[mediaTypeOf(headerOf(request, 'content-type')) ?? ''];
    if (!form) throw Problem.of('UnsupportedMediaType', `Send ${Object.keys(bounds.forms).join(', ')}.`);
    return readItems(await bodyBytesOf(request, bounds.bytesMax), form, bounds.itemsMax);
  }
}

interface BodyBounds {
  readonly forms: Readonly<Record<string, BodyForm>>;
  readonly bytesMax: number;
  readonly itemsMax: number;
}
