import { Controller, Inject } from '@nestjs/common';
import { CycleUsage } from '@app/accounts';
import type { ThresholdRule } from '@app/metering';
import type { Queries } from '@app/read-models';
import { z } from 'zod';
import type { ApiParts } from '../api-parts.js';
import { commandAnswer } from '../commands/command-runner.js';
import type { CommandRunner } from '../commands/command-runner.js';
import { pathParameter, TheCall, TheQuery } from '../edge/call.js';
import type { Call } from '../edge/call.js';
import type { Cursors } from '../edge/cursor.js';
import { Endpoint } from '../edge/endpoint.js';
import { Problem } from '../edge/problem.js';
import { TheBody } from '../edge/request-body.js';
import { minRevisionQuery, pageQuery } from '../edge/schemas.js';
import { accountNow } from '../queries/account-now.js';
import { asOf, asOfAccount } from '../queries/as-of.js';
import { awaitRevision } from '../queries/account-queries.controller.js';
import { found, pageOf } from '../queries/read.js';
import { COMMANDS, CURSORS, PARTS, QUERIES } from '../tokens.js';
import { alertBody, budgetBody, isReserved, marksOf, scopeOf } from './rule-bodies.js';
import { ruleView, rulesOfKind, viewOf } from './rule-views.js';

const ORGANISATION = '/v1/organisations/:organisation';
const query = z.strictObject(minRevisionQuery);
const listQuery = query.extend(pageQuery);
const list = z.object({ organisation: z.string(), asOf, items: z.array(ruleView), next: z.string().nullable() });
const one = ruleView.extend({ organisation: z.string(), asOf });

type Kind = ThresholdRule['kind'];
type Answer = Promise<z.output<typeof commandAnswer>>;
type Asked = z.output<typeof query>;
type ListAsked = z.output<typeof listQuery>;

/** Alerts on a pool's balance, and budgets on what is used of it. */
@Controller()
export class RulesController {
  constructor(
    @Inject(PARTS) private readonly parts: ApiParts,
    @Inject(COMMANDS) private readonly commands: CommandRunner,
    @Inject(QUERIES) private readonly queries: Queries,
    @Inject(CURSORS) private readonly cursors: Cursors,
  ) {}

  @Endpoint({
    method: 'PUT',
    path: `${ORGANISATION}/alerts/:name`,
    summary: 'Be told when a pool is used, or left, to a mark',
    scope: 'write',
    body: alertBody,
    answer: commandAnswer,
  })
  setAlert(@TheCall() call: Call, @TheBody() body: z.output<typeof alertBody>): Answer {
    const name = pathParameter(call, 'name');
    if (isReserved(name)) throw Problem.of('InvalidBody', 'This name belongs to a built-in alert.');
    const { pool, basis } = body;
    const rule: ThresholdRule = {
      kind: 'alert',
      name,
      pool,
      basis,
      limitNanos: null,
      scope: [],
      marks: marksOf(body.at),
    };
    return this.commands.run(call, { route: 'alerts', command: { kind: 'SetRule', rule, countedNanos: 0n }, body });
  }

  @Endpoint({
    method: 'PUT',
    path: `${ORGANISATION}/budgets/:name`,
    summary: 'Be told when usage of a cycle reaches amounts; what the cycle has used already counts',
    scope: 'write',
    body: budgetBody,
    answer: commandAnswer,
  })
  setBudget(@TheCall() call: Call, @TheBody() body: z.output<typeof budgetBody>): Answer {
    const { pool, limit } = body;
    const scope = scopeOf(body.scope);
    for (const [dimension] of scope) {
      if (this.parts.catalogs.current?.dimensions.includes(dimension) === true) continue;
      const detail = 'the catalog has no such dimension';
      const errors = [{ pointer: '/scope', code: 'UnknownDimension', detail }];
      throw Problem.of('InvalidBody', detail, { errors });
    }
    const rule: ThresholdRule = {
      kind: 'budget',
      name: pathParameter(call, 'name'),
      pool,
      basis: 'budget',
      limitNanos: limit,
      scope,
      marks: marksOf(body.at === undefined || body.at.length === 0 ? [{ value: limit }] : body.at),
    };
    const usage = new CycleUsage(this.parts.store, { pool, scope });
    return this.commands.run(call, {
      route: 'budgets',
      body,
      command: async (account) => {
        const { cycleStartMs, nanos } = await usage.upTo(account);
        return () => ({ kind: 'SetRule', rule, countedNanos: nanos, countedCycleMs: cycleStartMs });
      },
    });
  }

  @Endpoint({
    method: 'DELETE',
    path: `${ORGANISATION}/alerts/:name`,
    summary: 'Remove an alert',
    scope: 'write',
    answer: commandAnswer,
  })
  removeAlert(@TheCall() call: Call): Answer {
    return this.#remove(call, 'alert');
  }

  @Endpoint({
    method: 'DELETE',
    path: `${ORGANISATION}/budgets/:name`,
    summary: 'Remove a budget',
    scope: 'write',
    answer: commandAnswer,
  })
  removeBudget(@TheCall() call: Call): Answer {
    return this.#remove(call, 'budget');
  }

  @Endpoint({
    method: 'GET',
    path: `${ORGANISATION}/alerts`,
    summary: 'Alerts with what they have reached in this cycle',
    scope: 'read',
    query: listQuery,
    answer: list,
  })
  alerts(@TheCall() call: Call, @TheQuery() asked: ListAsked): Promise<z.input<typeof list>> {
    return this.#list(call, asked, 'alert');
  }

  @Endpoint({
    method: 'GET',
    path: `${ORGANISATION}/budgets`,
    summary: 'Budgets with what they have counted in this cycle',
    scope: 'read',
    query: listQuery,
    answer: list,
  })
  budgets(@TheCall() call: Call, @TheQuery() asked: ListAsked): Promise<z.input<typeof list>> {
    return this.#list(call, asked, 'budget');
  }

  @Endpoint({
    method: 'GET',
    path: `${ORGANISATION}/alerts/:name`,
    summary: 'One alert',
    scope: 'read',
    query,
    answer: one,
  })
  alert(@TheCall() call: Call, @TheQuery() asked: Asked): Promise<z.input<typeof one>> {
    return this.#one(call, asked, 'alert');
  }

  @Endpoint({
    method: 'GET',
    path: `${ORGANISATION}/budgets/:name`,
    summary: 'One budget',
    scope: 'read',
    query,
    answer: one,
  })
  budget(@TheCall() call: Call, @TheQuery() asked: Asked): Promise<z.input<typeof one>> {
    return this.#one(call, asked, 'budget');
  }

  /** A rule without marks is one that was removed; the pool is whatever the rule had. */
  #remove(call: Call, kind: Kind): Answer {
    const name = pathParameter(call, 'name');
    return this.commands.run(call, {
      route: `${kind}s/remove`,
      body: {},
      command: async () => (state) => {
        const set = rulesOfKind(state.wallet, kind).find(({ rule }) => rule.name === name);
        if (set === undefined) throw Problem.of('NotFound', 'There is nothing here.');
        return { kind: 'SetRule', rule: { ...set.rule, marks: [] }, countedNanos: 0n };
      },
    });
  }

  async #list(call: Call, asked: ListAsked, kind: Kind): Promise<z.input<typeof list>> {
    const { items, ...basis } = await this.#views(call, asked.minRevision, kind);
    return { ...basis, ...pageOf(call, this.cursors, { asked, items }) };
  }

  async #one(call: Call, asked: Asked, kind: Kind): Promise<z.input<typeof one>> {
    const { items, ...basis } = await this.#views(call, asked.minRevision, kind);
    const name = pathParameter(call, 'name');
    return { ...basis, ...found(items.find((item) => item.name === name)) };
  }

  async #views(call: Call, minRevision: bigint | undefined, kind: Kind): Promise<Omit<z.input<typeof list>, 'next'>> {
    const account = await accountNow(this.parts, call, minRevision);
    await awaitRevision(this.queries, call, minRevision);
    const { wallet } = account.state;
    const crossings = await this.queries.crossings(call.organisation, wallet.cycles.at(-1)?.startMs ?? 0);
    const items = rulesOfKind(wallet, kind)
      .map((state) => viewOf(wallet, state, crossings))
      .toSorted((first, second) => (first.name < second.name ? -1 : 1));
    return { organisation: call.organisation, asOf: asOfAccount(account), items };
  }
}
