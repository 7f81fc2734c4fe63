import { Controller, Inject } from '@nestjs/common';
import { QUARANTINE_REASONS } from '@app/metering';
import type { Queries } from '@app/read-models';
import { z } from 'zod';
import { TheCall, TheQuery } from '../edge/call.js';
import type { Call } from '../edge/call.js';
import type { Cursors } from '../edge/cursor.js';
import { Endpoint } from '../edge/endpoint.js';
import { name, pageQuery } from '../edge/schemas.js';
import { CURSORS, QUERIES } from '../tokens.js';
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
}
