import { Controller, Inject } from '@nestjs/common';
import type { Queries, TopRequest } from '@app/read-models';
import { z } from 'zod';
import type { ApiParts } from '../api-parts.js';
import { TheCall, TheQuery } from '../edge/call.js';
import type { Call } from '../edge/call.js';
import type { Cursors } from '../edge/cursor.js';
import { Endpoint } from '../edge/endpoint.js';
import { invalidParameter } from '../edge/problem.js';
import { minRevisionQuery, name, pageQuery } from '../edge/schemas.js';
import { CURSORS, PARTS, QUERIES } from '../tokens.js';
import { awaitRevision } from './account-queries.controller.js';
import { checkDimensions, checkRange, filterQuery, rangeQuery } from './ranges.js';
import { listAnswer, pageRequest, sealed } from './read.js';
import { whenVisible } from './when-visible.js';

const usageQuery = z.strictObject({
  ...pageQuery,
  ...minRevisionQuery,
  ...rangeQuery,
  ...filterQuery,
  window: z.enum(['hour', 'day', 'month']).optional(),
  groupBy: z.string().max(1_000).optional().meta({ description: 'meter and dimensions, joined by commas' }),
});

const topQuery = z.strictObject({
  ...pageQuery,
  ...minRevisionQuery,
  ...rangeQuery,
  filter: z.strictObject({ meter: name.optional() }).optional(),
  meter: name.optional(),
  by: name,
  order: z.enum(['credits', 'quantity']).optional(),
});

type TopQuery = z.output<typeof topQuery>;

/** Usage added up by time and dimensions, and who uses most. */
@Controller()
export class UsageQueriesController {
  constructor(
    @Inject(PARTS) private readonly parts: ApiParts,
    @Inject(QUERIES) private readonly queries: Queries,
    @Inject(CURSORS) private readonly cursors: Cursors,
  ) {}

  @Endpoint({
    method: 'GET',
    path: '/v1/organisations/:organisation/usage',
    summary: 'Windows by groups: events, quantity, credits',
    scope: 'read',
    query: usageQuery,
    hasFilters: true,
    answer: listAnswer,
  })
  async usage(@TheCall() call: Call, @TheQuery() query: z.output<typeof usageQuery>): Promise<object> {
    const { window = null, filter = {} } = query;
    const groupBy = query.groupBy === undefined || query.groupBy === '' ? [] : query.groupBy.split(',');
    this.#check(groupBy, filter);
    const range = checkRange(query, query.window);
    await awaitRevision(this.queries, call, query.minRevision);
    const request = { ...pageRequest(call, this.cursors, query), ...range, window, groupBy, filter };
    const { organisation } = call;
    const read = () => this.queries.usage(organisation, request);
    return sealed(call, this.cursors, await whenVisible(this.parts, organisation, read));
  }

  @Endpoint({
    method: 'GET',
    path: '/v1/organisations/:organisation/top-consumers',
    summary: 'Who or what used most, with shares and the change against the period before',
    scope: 'read',
    query: topQuery,
    hasFilters: true,
    answer: listAnswer,
  })
  async topConsumers(@TheCall() call: Call, @TheQuery() query: TopQuery): Promise<object> {
    checkDimensions(this.parts.catalogs.current, 'by', [query.by]);
    const request = this.#topRequest(call, query);
    await awaitRevision(this.queries, call, query.minRevision);
    const { organisation } = call;
    const read = () => this.queries.topConsumers(organisation, request);
    return sealed(call, this.cursors, await whenVisible(this.parts, organisation, read));
  }

  @Endpoint({
    method: 'GET',
    path: '/v1/top-consumers',
    summary: 'Organisations by usage, over all accounts',
    scope: 'read',
    isOperatorOnly: true,
    query: topQuery.omit({ minRevision: true }),
    hasFilters: true,
    answer: listAnswer,
  })
  async topOrganisations(@TheCall() call: Call, @TheQuery() query: Omit<TopQuery, 'minRevision'>): Promise<object> {
    if (query.by !== 'organisation') throw invalidParameter('by', 'over all accounts by is organisation');
    const page = await this.queries.topConsumersByOrganisation(this.#topRequest(call, query));
    return sealed(call, this.cursors, page);
  }

  #check(groupBy: readonly string[], filter: Readonly<Record<string, string>>): void {
    const { current } = this.parts.catalogs;
    checkDimensions(current, 'groupBy', groupBy);
    checkDimensions(current, 'filter', Object.keys(filter));
  }

  /** Quantities of different meters do not add up: ordering by quantity needs one. */
  #topRequest(call: Call, query: Omit<TopQuery, 'minRevision'>): TopRequest {
    const { by, order = 'credits' } = query;
    const meter = query.meter ?? query.filter?.meter;
    if (meter !== undefined && this.parts.catalogs.current?.meter(meter) === undefined) {
      throw invalidParameter('meter', 'meter is no meter of the catalog');
    }
    if (order === 'quantity' && meter === undefined) throw invalidParameter('order', 'order=quantity needs meter=');
    return { ...pageRequest(call, this.cursors, query), ...checkRange(query), by, order, meter };
  }
}
