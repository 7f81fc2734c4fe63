import { Controller, Inject } from '@nestjs/common';
import { QUARANTINE_REASONS } from '@app/metering';
import type { Queries } from '@app/read-models';
import { z } from 'zod';
import { pathParameter, TheCall, TheQuery } from '../edge/call.js';
import type { Call } from '../edge/call.js';
import type { Cursors } from '../edge/cursor.js';
import { Endpoint } from '../edge/endpoint.js';
import { name, pageQuery } from '../edge/schemas.js';
import type { ApiParts } from '../api-parts.js';
import { requeue } from '../ingest/requeue.js';
import { CURSORS, PARTS, QUERIES, TOPICS } from '../tokens.js';
import type { Topics } from '../topics.js';
import { listAnswer, pageRequest, sealed } from './read.js';

const organisationsQuery = z.strictObject({
  ...pageQuery,
  status: z.enum(['green', 'yellow', 'red', 'exhausted']).optional(),
  plan: name.optional(),
});

const quarantineQuery = z.strictObject({
  ...pageQuery,
  reason: z.enum(QUARANTINE_REASONS).optional(),
  organisation: name.optional(),
});

const OPERATOR = { method: 'GET', scope: 'read', isOperatorOnly: true, answer: listAnswer } as const;

/** The operator's view over all accounts. */
@Controller()
export class OperatorQueriesController {
  constructor(
    @Inject(QUERIES) private readonly queries: Queries,
    @Inject(CURSORS) private readonly cursors: Cursors,
    @Inject(PARTS) private readonly parts: ApiParts,
    @Inject(TOPICS) private readonly topics: Topics,
  ) {}

  @Endpoint({
    ...OPERATOR,
    path: '/v1/organisations',
    summary: 'Accounts with balance and status',
    query: organisationsQuery,
  })
  async organisations(@TheCall() call: Call, @TheQuery() query: z.output<typeof organisationsQuery>): Promise<object> {
    const request = { ...pageRequest(call, this.cursors, query), status: query.status, plan: query.plan };
    return sealed(call, this.cursors, await this.queries.organisations(request));
  }

  @Endpoint({
    ...OPERATOR,
    path: '/v1/quarantine',
    summary: 'Usage that was not charged, and why',
    query: quarantineQuery,
  })
  async quarantine(@TheCall() call: Call, @TheQuery() query: z.output<typeof quarantineQuery>): Promise<object> {
    const { reason, organisation } = query;
    const request = { ...pageRequest(call, this.cursors, query), reason, organisation };
    return sealed(call, this.cursors, await this.queries.quarantine(request));
  }

  @Endpoint({
    method: 'POST',
    path: '/v1/quarantine/:id/requeue',
    summary: 'Publish a quarantined record again, by the rules of its own topic',
    scope: 'admin',
    isOperatorOnly: true,
    answer: z.object({ id: z.string() }),
  })
  async requeue(@TheCall() call: Call): Promise<object> {
    const id = pathParameter(call, 'id');
    await requeue({ ...this.parts, topics: this.topics }, id, call.actor);
    return { id };
  }
}
