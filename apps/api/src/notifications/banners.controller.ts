import { Controller, Inject } from '@nestjs/common';
import { formatTime } from '@app/metering';
import type { AccountState } from '@app/metering';
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
import { awaitRevision } from '../queries/account-queries.controller.js';
import { asOf, asOfAccount } from '../queries/as-of.js';
import { pageOf } from '../queries/read.js';
import { COMMANDS, CURSORS, PARTS, QUERIES } from '../tokens.js';
import { bannersOf, DISMISSED_RECORD } from './banners-of.js';
import type { Banner } from './banner.js';
import type { FreePlan } from './expired-banner.js';

const query = z.strictObject({ ...pageQuery, ...minRevisionQuery });
const nothing = z.strictObject({});
const banner = z.object({
  id: z.string(),
  kind: z.enum(['removable', 'fixed']),
  action: z.string(),
  message: z.string(),
  pool: z.string(),
  threshold: z.string().nullable(),
  at: z.string(),
  cause: z.looseObject({ kind: z.string() }),
});
const answer = z.object({ organisation: z.string(), asOf, items: z.array(banner), next: z.string().nullable() });

const PATH = '/v1/organisations/:organisation/banners';

/** What an account's users see at the top of every page. */
@Controller()
export class BannersController {
  constructor(
    @Inject(PARTS) private readonly parts: ApiParts,
    @Inject(COMMANDS) private readonly commands: CommandRunner,
    @Inject(QUERIES) private readonly queries: Queries,
    @Inject(CURSORS) private readonly cursors: Cursors,
  ) {}

  @Endpoint({
    method: 'GET',
    path: PATH,
    summary: 'Banners in force, each with its cause',
    scope: 'read',
    query,
    answer,
  })
  async list(@TheCall() call: Call, @TheQuery() asked: z.output<typeof query>): Promise<z.input<typeof answer>> {
    const account = await accountNow(this.parts, call, asked.minRevision);
    await awaitRevision(this.queries, call, asked.minRevision);
    const banners = await this.#bannersOf(call, account.state);
    const items = banners.map((each) => ({ ...each, cause: { ...each.cause } }));
    const { organisation } = call;
    const page = pageOf(call, this.cursors, { asked, items });
    return { organisation, asOf: asOfAccount(account), ...page };
  }

  @Endpoint({
    method: 'POST',
    path: `${PATH}/:id/dismiss`,
    summary: 'Remove a removable banner until something crosses a mark again',
    scope: 'write',
    body: nothing,
    isBodyOptional: true,
    answer: commandAnswer,
  })
  async dismiss(
    @TheCall() call: Call,
    @TheBody() body: z.output<typeof nothing>,
  ): Promise<z.output<typeof commandAnswer>> {
    const account = await accountNow(this.parts, call);
    const id = pathParameter(call, 'id');
    const found = (await this.#bannersOf(call, account.state)).find((each) => each.id === id);
    if (found === undefined) throw Problem.of('NotFound', 'There is nothing here.');
    if (found.kind === 'fixed') throw Problem.refusal('BannerFixed', 'this banner stays until its cause is gone');
    const value = JSON.stringify(found.cause['revision']);
    const command = { kind: 'PutRecord', record: DISMISSED_RECORD, key: found.pool, value } as const;
    return this.commands.run(call, { route: 'banners/dismiss', command, body });
  }

  async #bannersOf({ organisation }: Call, state: AccountState): Promise<readonly Banner[]> {
    const crossings = await this.queries.crossings(organisation, state.wallet.cycles.at(-1)?.startMs ?? 0);
    return bannersOf(state, crossings, await this.#freePlanOf(state.wallet));
  }

  async #freePlanOf({ organisation, plan, cycles }: AccountState['wallet']): Promise<FreePlan | null> {
    const isFree = (key: string): boolean => this.parts.catalogs.current?.plan(key)?.isPaid === false;
    if (!isFree(plan)) return null;
    const before = cycles.at(-2);
    if (before === undefined || !isFree(before.plan)) return { expiredPools: new Set() };
    const months = await this.queries.monthlySummaries(organisation, { limit: 2 });
    const ended = months?.items.find(({ cycle }) => cycle.start === formatTime(before.startMs));
    return { expiredPools: new Set(ended?.pools.filter(({ expired }) => expired !== '0').map(({ pool }) => pool)) };
  }
}
