import { Controller, Inject } from '@nestjs/common';
import { DAY_MS } from '@app/metering';
import type { AccountState } from '@app/metering';
import type { Queries, ResourceMeterItem } from '@app/read-models';
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
import { instant, minRevisionQuery, name, pageQuery } from '../edge/schemas.js';
import { LIMITS } from '../limits.js';
import { accountNow } from '../queries/account-now.js';
import { awaitRevision } from '../queries/account-queries.controller.js';
import { asOf } from '../queries/as-of.js';
import { newestFirst } from '../queries/newest-first.js';
import { pageRequest, sealed } from '../queries/read.js';
import { whenVisible } from '../queries/when-visible.js';
import { COMMANDS, CURSORS, PARTS, QUERIES } from '../tokens.js';
import {
  changedResource,
  RESOURCE_KINDS,
  RESOURCE_RECORD,
  resourceKey,
  resourcesOf,
  STATUSES,
} from './resource-record.js';
import type { ResourceKind, StoredResource } from './resource-record.js';
import { resourceView, totalsOf, totalsView, viewOf } from './resource-views.js';

const text = z.string().min(1).max(255);
const body = z.strictObject({
  name: text,
  owner: name,
  status: z.enum(STATUSES),
  type: text.optional(),
  language: text.optional(),
  hardware: text.optional(),
  deployedAt: instant.optional(),
  model: name.optional().meta({ description: 'Of a deployment: the model that it runs' }),
  endpoint: z.string().max(2_048).optional().meta({ description: 'Where it is called; said in the deployment e-mail' }),
});
const wholeDay = instant.refine((ms) => ms % DAY_MS === 0, { error: 'must be the start of a day in UTC' });
const query = z.strictObject({
  ...pageQuery,
  ...minRevisionQuery,
  kind: z.enum(RESOURCE_KINDS),
  from: wholeDay.optional(),
  to: wholeDay.optional(),
});
const answer = z.object({
  organisation: z.string(),
  asOf,
  kind: z.string(),
  totals: totalsView,
  items: z.array(resourceView),
  next: z.string().nullable(),
});

const PATH = '/v1/organisations/:organisation/resources';

type Asked = z.output<typeof query>;
type Usage = ReadonlyMap<string, readonly ResourceMeterItem[]>;

/** Tools, models, deployments, guardrails and scripts: what was put, with what each used. */
@Controller()
export class ResourcesController {
  constructor(
    @Inject(PARTS) private readonly parts: ApiParts,
    @Inject(COMMANDS) private readonly commands: CommandRunner,
    @Inject(QUERIES) private readonly queries: Queries,
    @Inject(CURSORS) private readonly cursors: Cursors,
  ) {}

  @Endpoint({
    method: 'PUT',
    path: `${PATH}/:kind/:id`,
    summary: 'Describe a resource; a change of its status is told by e-mail',
    scope: 'write',
    body,
    answer: commandAnswer,
  })
  put(@TheCall() call: Call, @TheBody() given: z.output<typeof body>): Promise<z.output<typeof commandAnswer>> {
    const kind = kindOf(pathParameter(call, 'kind'));
    const id = pathParameter(call, 'id');
    const { type = null, language = null, hardware = null, model = null, endpoint = null } = given;
    const { name: called, owner, status, deployedAt: deployedAtMs = null } = given;
    const change = { name: called, owner, status, type, language, hardware, model, endpoint, deployedAtMs };
    return this.commands.run(call, {
      route: 'resources',
      body: given,
      command: async () => (state) => {
        const { wallet, records } = state;
        const key = resourceKey(kind, id);
        const old = resourcesOf(state, kind).get(id);
        if (old === undefined && countOf(records) >= LIMITS.resourcesMax)
          throw Problem.refusal('TooManyResources', `an account has at most ${LIMITS.resourcesMax} resources`);
        const atMs =
          wallet.clock === 'manual' ? wallet.ledgerTimeMs : Math.max(wallet.ledgerTimeMs, this.parts.nowMs());
        const value = JSON.stringify(changedResource(old, change, atMs));
        return { kind: 'PutRecord', record: RESOURCE_RECORD, key, value };
      },
    });
  }

  @Endpoint({
    method: 'GET',
    path: PATH,
    summary: 'Resources of a kind with their usage, by the dimension that is named after the kind',
    scope: 'read',
    query,
    answer,
  })
  async list(@TheCall() call: Call, @TheQuery() asked: Asked): Promise<z.input<typeof answer>> {
    const { kind } = asked;
    const account = await accountNow(this.parts, call, asked.minRevision);
    await awaitRevision(this.queries, call, asked.minRevision);
    const { state } = account;
    const usage = await this.#usageBy(call, asked, kind);
    const all = [...resourcesOf(state, kind)].map(([id, resource]) => ({
      id,
      atMs: resource.updatedAtMs,
      resource,
      view: viewOf(id, resource, { items: usage.of.get(id) ?? [], nowMs: nowOf(state, this.parts) }),
    }));
    const page = newestFirst(all, pageRequest(call, this.cursors, asked));
    const deployments = kind === 'model' ? await this.#deployments(call, asked, state) : undefined;
    const items = page.items.map(({ id, view }) =>
      deployments === undefined ? view : { ...view, deployedAs: deployments.filter(({ model }) => model === id) },
    );
    const totals = totalsOf(
      all.map(({ view }) => view),
      all.flatMap(({ id }) => usage.of.get(id) ?? []),
    );
    const { organisation } = call;
    return sealed(call, this.cursors, { organisation, asOf: usage.asOf, kind, totals, items, next: page.next });
  }

  async #deployments(call: Call, asked: Asked, state: AccountState): Promise<ReturnType<typeof viewOf>[]> {
    const usage = await this.#usageBy(call, asked, 'deployment');
    return [...resourcesOf(state, 'deployment')].map(([id, resource]: [string, StoredResource]) =>
      viewOf(id, resource, { items: usage.of.get(id) ?? [], nowMs: nowOf(state, this.parts) }),
    );
  }

  /** A catalog without the dimension measures nothing by it. */
  async #usageBy(call: Call, { from, to }: Asked, dimension: ResourceKind) {
    const request = { dimension, fromMs: from, toMs: to };
    const { organisation } = call;
    const read = () => this.queries.resourceUsage(organisation, request);
    const { asOf: basedOn, items } = await whenVisible(this.parts, organisation, read);
    const of = new Map<string, ResourceMeterItem[]>();
    for (const item of items) of.set(item.value, [...(of.get(item.value) ?? []), item]);
    const usage: Usage = of;
    return { asOf: { ...basedOn, revision: basedOn.revision ?? '-1' }, of: usage };
  }
}

/** A sandbox's resources last as long as its own clock says. */
const nowOf = ({ wallet }: AccountState, { nowMs }: ApiParts): number =>
  wallet.clock === 'manual' ? wallet.ledgerTimeMs : nowMs();

function kindOf(given: string): ResourceKind {
  const kind = RESOURCE_KINDS.find((each) => each === given);
  if (kind === undefined) throw Problem.of('NotFound', 'There is nothing here.');
  return kind;
}

function countOf(records: AccountState['records']): number {
  let count = 0;
  for (const key of records.keys()) if (key.startsWith(`${RESOURCE_RECORD}/`)) count++;
  return count;
}
