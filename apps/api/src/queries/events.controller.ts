import { Controller, Inject } from '@nestjs/common';
import { explainEntry, explainEvent, viewEntry, viewEvent } from '@app/accounts';
import { z } from 'zod';
import type { ApiParts } from '../api-parts.js';
import { pathParameter, TheCall, TheQuery } from '../edge/call.js';
import type { Call } from '../edge/call.js';
import type { Cursors } from '../edge/cursor.js';
import { Endpoint } from '../edge/endpoint.js';
import { chargeRate } from '../edge/guard-request.js';
import { Problem } from '../edge/problem.js';
import { instant, name, pageQuery } from '../edge/schemas.js';
import type { RateLimiter } from '../keys/rate-limiter.js';
import { LIMITS } from '../limits.js';
import { CURSORS, PARTS, RATE_LIMITER } from '../tokens.js';

const eventQuery = z.strictObject({ source: name, time: instant.optional() });
const explanationQuery = z.strictObject(pageQuery);

/** A search of a whole stream costs as much as so many ordinary queries. */
const SEARCH_COST = 100;

const eventAnswer = z.looseObject({
  id: z.string().nullable(),
  source: z.string().nullable(),
  organisation: z.string(),
  outcome: z.enum(['charged', 'late', 'adjusted', 'conflict', 'quarantined']),
  lines: z.array(z.looseObject({})),
  draws: z.array(z.looseObject({})),
  revision: z.string(),
});

const explanationAnswer = z.looseObject({
  organisation: z.string(),
  entry: z.looseObject({ id: z.string() }),
  usage: z.array(z.looseObject({})),
  next: z.string().nullable(),
});

/** How usage was charged, told from the stream itself. */
@Controller()
export class EventQueriesController {
  constructor(
    @Inject(PARTS) private readonly parts: ApiParts,
    @Inject(CURSORS) private readonly cursors: Cursors,
    @Inject(RATE_LIMITER) private readonly rateLimiter: RateLimiter,
  ) {}

  @Endpoint({
    method: 'GET',
    path: '/v1/organisations/:organisation/events/:id',
    summary: 'What became of a usage event: outcome, lines, draws, record and revision',
    scope: 'read',
    query: eventQuery,
    answer: eventAnswer,
  })
  async event(@TheCall() call: Call, @TheQuery() query: z.output<typeof eventQuery>): Promise<object> {
    const wanted = {
      source: query.source,
      id: pathParameter(call, 'id'),
      ...(query.time === undefined ? {} : { timeMs: query.time }),
    };
    const near = await explainEvent(this.parts, call.organisation, wanted);
    if (near) return viewEvent(near);
    // What was not charged lately may be in quarantine, which only the whole stream tells.
    chargeRate(this.rateLimiter, call.principal, 'query', SEARCH_COST);
    const found = await explainEvent(this.parts, call.organisation, { ...wanted, isExhaustive: true });
    if (!found) throw Problem.of('NotFound', 'There is nothing here.');
    return viewEvent(found);
  }

  @Endpoint({
    method: 'GET',
    path: '/v1/organisations/:organisation/ledger/:entry/explanation',
    summary: 'The usage events behind a ledger entry, with prices, inputs, draws and balances',
    scope: 'read',
    query: explanationQuery,
    answer: explanationAnswer,
  })
  async explanation(@TheCall() call: Call, @TheQuery() query: z.output<typeof explanationQuery>): Promise<object> {
    const entry = pathParameter(call, 'entry');
    const scope = { route: call.endpoint.path, organisation: call.organisation, filters: { entry } };
    const limit = query.limit ?? LIMITS.pageItemsDefault;
    const from = query.next === undefined ? 0 : Number(this.cursors.open(scope, query.next));
    const explained = await explainEntry(this.parts, call.organisation, { entry, from, limit });
    if (!explained) throw Problem.of('NotFound', 'There is nothing here.');
    const next = explained.nextFrom === null ? null : this.cursors.seal(scope, String(explained.nextFrom));
    return { ...viewEntry(explained), next };
  }
}
