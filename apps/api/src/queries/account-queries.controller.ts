import { Controller, Header, Inject } from '@nestjs/common';
import type { LedgerRequest, Queries } from '@app/read-models';
import { z } from 'zod';
import { TheCall, TheQuery } from '../edge/call.js';
import type { Call } from '../edge/call.js';
import type { Cursors } from '../edge/cursor.js';
import { Endpoint } from '../edge/endpoint.js';
import { invalidParameter, Problem } from '../edge/problem.js';
import { instant, minRevisionQuery, name, pageQuery, wholeHour } from '../edge/schemas.js';
import { LIMITS } from '../limits.js';
import type { ApiParts } from '../api-parts.js';
import { CURSORS, PARTS, QUERIES } from '../tokens.js';
import { balanceAt } from './balance-at.js';
import { ledgerEvents } from './ledger-events.js';
import { found, listAnswer, pageRequest, sealed } from './read.js';
import { whenVisible } from './when-visible.js';

const ORGANISATION = '/v1/organisations/:organisation';

const TYPES = [
  'purchase',
  'grant',
  'deduction',
  'refund',
  'adjustment',
  'expiry',
  'rollover',
  'reset',
  'void',
] as const;

const balanceQuery = z.strictObject({
  ...minRevisionQuery,
  at: instant.optional().meta({ description: 'Ledger time; the balance is folded from the stream' }),
  knownAt: instant.optional().meta({ description: 'Only what was recorded by then' }),
  breakdown: z
    .literal('meter')
    .optional()
    .meta({ description: "The current cycle's usage by meter, beside the pools" }),
});
const creditsQuery = z.strictObject({ limit: pageQuery.limit, ...minRevisionQuery });
const ledgerQuery = z.strictObject({
  ...pageQuery,
  ...minRevisionQuery,
  type: z.enum(TYPES).optional(),
  pool: name.optional(),
  from: wholeHour.optional(),
  to: wholeHour.optional(),
  project: z.string().max(255).optional(),
  detail: z.literal('event').optional().meta({ description: 'One item per usage event' }),
});
const monthsQuery = z.strictObject({
  ...pageQuery,
  ...minRevisionQuery,
  year: z
    .string()
    .regex(/^\d{4}$/)
    .transform(Number)
    .optional(),
  month: z
    .string()
    .regex(/^(0?[1-9]|1[0-2])$/)
    .transform(Number)
    .optional(),
});

const balanceAnswer = z.looseObject({ organisation: z.string(), pools: z.array(z.looseObject({ pool: z.string() })) });
const creditsAnswer = balanceAnswer.extend({ entries: z.array(z.looseObject({})), next: z.string().nullable() });

/** Waits until the read models hold a revision. @throws Problem NotYetVisible after `LIMITS.minRevisionWaitMs` */
export async function awaitRevision(queries: Queries, call: Call, minRevision: bigint | undefined): Promise<void> {
  if (minRevision === undefined) return;
  if (await queries.waitForRevision(call.organisation, minRevision, LIMITS.minRevisionWaitMs)) return;
  throw Problem.of('NotYetVisible', 'The read models do not have this revision yet.', { retryAfterSeconds: 1 });
}

/** What an account has and what moved it. */
@Controller()
export class AccountQueriesController {
  constructor(
    @Inject(PARTS) private readonly parts: ApiParts,
    @Inject(QUERIES) private readonly queries: Queries,
    @Inject(CURSORS) private readonly cursors: Cursors,
  ) {}

  @Endpoint({
    method: 'GET',
    path: `${ORGANISATION}/balance`,
    summary: 'Balances by pool over the current cycle; at a time, as known at a time, when asked for',
    scope: 'read',
    query: balanceQuery,
    answer: balanceAnswer,
  })
  // What is text already would be sent as plain text.
  @Header('content-type', 'application/json; charset=utf-8')
  async balance(@TheCall() call: Call, @TheQuery() query: z.output<typeof balanceQuery>): Promise<object | string> {
    await awaitRevision(this.queries, call, query.minRevision);
    const { at: atMs, knownAt: knownAtMs, breakdown } = query;
    const isOfThePast = atMs !== undefined || knownAtMs !== undefined;
    if (isOfThePast && breakdown !== undefined)
      throw invalidParameter('breakdown', 'breakdown is of the current cycle: not with at or knownAt');
    const { organisation } = call;
    if (isOfThePast) return found(await balanceAt(this.parts.store, organisation, { atMs, knownAtMs }));
    return whenVisible<object | string>(this.parts, organisation, () =>
      breakdown === undefined ? this.queries.balanceText(organisation) : this.queries.balanceByMeter(organisation),
    );
  }

  @Endpoint({
    method: 'GET',
    path: `${ORGANISATION}/credits`,
    summary: 'Balances and the latest ledger entries in one answer',
    scope: 'read',
    query: creditsQuery,
    answer: creditsAnswer,
  })
  async credits(@TheCall() call: Call, @TheQuery() query: z.output<typeof creditsQuery>): Promise<object> {
    await awaitRevision(this.queries, call, query.minRevision);
    const { limit = LIMITS.pageItemsDefault } = query;
    const { organisation } = call;
    const answer = await whenVisible(this.parts, organisation, () => this.queries.credits(organisation, limit));
    // The entries go on in the ledger: the cursor is one of that list.
    const scope = { route: `${ORGANISATION}/ledger`, organisation, filters: {} };
    return { ...answer, next: answer.next === null ? null : this.cursors.seal(scope, answer.next) };
  }

  @Endpoint({
    method: 'GET',
    path: `${ORGANISATION}/ledger`,
    summary: 'Ledger entries, newest first',
    scope: 'read',
    query: ledgerQuery,
    answer: listAnswer,
  })
  async ledger(@TheCall() call: Call, @TheQuery() query: z.output<typeof ledgerQuery>): Promise<object> {
    const { type, pool, from: fromMs, to: toMs, project } = query;
    if (fromMs !== undefined && toMs !== undefined && fromMs >= toMs)
      throw invalidParameter('to', 'to is not after from');
    await awaitRevision(this.queries, call, query.minRevision);
    const request: LedgerRequest = { ...pageRequest(call, this.cursors, query), type, pool, fromMs, toMs, project };
    const { organisation } = call;
    const page = await whenVisible(this.parts, organisation, () =>
      query.detail === 'event'
        ? ledgerEvents(this.parts, organisation, request)
        : this.queries.ledger(organisation, request),
    );
    return sealed(call, this.cursors, page);
  }

  @Endpoint({
    method: 'GET',
    path: `${ORGANISATION}/monthly-summaries`,
    summary: 'One item per cycle, named by its start',
    scope: 'read',
    query: monthsQuery,
    answer: listAnswer,
  })
  async monthlySummaries(@TheCall() call: Call, @TheQuery() query: z.output<typeof monthsQuery>): Promise<object> {
    await awaitRevision(this.queries, call, query.minRevision);
    const request = { ...pageRequest(call, this.cursors, query), year: query.year, month: query.month };
    const { organisation } = call;
    const read = () => this.queries.monthlySummaries(organisation, request);
    return sealed(call, this.cursors, await whenVisible(this.parts, organisation, read));
  }
}
