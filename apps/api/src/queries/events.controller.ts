import { Controller, Inject } from '@nestjs/common';
import type { LoadedAccount } from '@app/accounts';
import { explainEntry, explainEvent, viewEntry, viewEvent } from '@app/accounts';
import { z } from 'zod';
import type { ApiParts } from '../api-parts.js';
import { pathParameter, TheCall, TheQuery } from '../edge/call.js';
import type { Call } from '../edge/call.js';
import type { Cursors } from '../edge/cursor.js';
import { Endpoint } from '../edge/endpoint.js';
import { chargeRate } from '../edge/guard-request.js';
import { instant, minRevisionQuery, name, pageQuery } from '../edge/schemas.js';
import type { RateLimiter } from '../keys/rate-limiter.js';
import { LIMITS } from '../limits.js';
import { CURSORS, PARTS, RATE_LIMITER } from '../tokens.js';
import { accountNow } from './account-now.js';
import { asOf, asOfAccount } from './as-of.js';
import { found } from './read.js';

const eventQuery = z.strictObject({ source: name, time: instant.optional(), ...minRevisionQuery });
const explanationQuery = z.strictObject({ ...pageQuery, ...minRevisionQuery });

/** A search of a whole stream costs as much as so many ordinary queries. */
const SEARCH_COST = 100;

const eventAnswer = z.looseObject({
  id: z.string().nullable(),
  source: z.string().nullable(),
  organisation: z.string(),
  asOf,
  outcome: z.enum(['charged', 'late', 'adjusted', 'conflict', 'quarantined']),
  lines: z.array(z.looseObject({})),
  draws: z.array(z.looseObject({})),
  revision: z.string(),
});

const explanationAnswer = z.looseObject({
  organisation: z.string(),
  asOf,
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
    const account = await accountNow(this.parts, call, query.minRevision);
    const wanted = {
      source: query.source,
      id: pathParameter(call, 'id'),
      ...(query.time === undefined ? {} : { timeMs: query.time }),
    };
    const near = await explainEvent(this.parts, call.organisation, wanted);
    if (near) return basedOn(account, viewEvent(near));
    // What was not charged lately may be in quarantine, which only the whole stream tells.
    chargeRate(this.rateLimiter, call.principal, 'query', SEARCH_COST);
    const searched = await explainEvent(this.parts, call.organisation, { ...wanted, isExhaustive: true });
    return basedOn(account, viewEvent(found(searched)));
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
    const account = await accountNow(this.parts, call, query.minRevision);
    const entry = pathParameter(call, 'entry');
    const scope = { route: call.endpoint.path, organisation: call.organisation, filters: { entry } };
    const limit = query.limit ?? LIMITS.pageItemsDefault;
    const from = query.next === undefined ? 0 : Number(this.cursors.open(scope, query.next));
    const explained = found(await explainEntry(this.parts, call.organisation, { entry, from, limit }));
    const next = explained.nextFrom === null ? null : this.cursors.seal(scope, String(explained.nextFrom));
    return basedOn(account, { ...viewEntry(explained), next });
  }
}

/** What the stream tells holds from the revision that was loaded before it was read. */
const basedOn = (account: LoadedAccount, answer: object): object => ({ ...answer, asOf: asOfAccount(account) });
