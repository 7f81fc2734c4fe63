import { Controller, Inject } from '@nestjs/common';
import { formatCredits, formatTime } from '@app/metering';
import { z } from 'zod';
import type { ApiParts } from '../api-parts.js';
import { commandAnswer } from '../commands/command-runner.js';
import type { CommandRunner } from '../commands/command-runner.js';
import { pathParameter, TheCall, TheQuery } from '../edge/call.js';
import type { Call } from '../edge/call.js';
import type { Cursors } from '../edge/cursor.js';
import { Endpoint } from '../edge/endpoint.js';
import { TheBody } from '../edge/request-body.js';
import { credits, instant, minRevisionQuery, name, pageQuery, positiveCredits } from '../edge/schemas.js';
import { accountNow } from '../queries/account-now.js';
import { asOf, asOfAccount } from '../queries/as-of.js';
import { newestFirst } from '../queries/newest-first.js';
import { pageRequest, sealed } from '../queries/read.js';
import { COMMANDS, CURSORS, PARTS } from '../tokens.js';

const hold = z.strictObject({
  pool: name,
  amount: positiveCredits,
  expiresAt: instant,
  id: name.optional().meta({ description: 'Made when absent' }),
});
const settlement = z.strictObject({ amount: credits.meta({ description: 'Actual cost, also above the held amount' }) });
const nothing = z.strictObject({});
const holdsQuery = z.strictObject({ ...pageQuery, ...minRevisionQuery });
const holdsAnswer = z.object({
  organisation: z.string(),
  asOf,
  items: z.array(
    z.object({
      id: z.string(),
      pool: z.string(),
      amount: z.string(),
      placedAt: z.string(),
      expiresAt: z.string(),
      cause: z.string(),
    }),
  ),
  next: z.string().nullable(),
});

const HOLDS = '/v1/organisations/:organisation/holds';
const COMMAND = { method: 'POST', scope: 'write', answer: commandAnswer } as const;

type Answer = Promise<z.output<typeof commandAnswer>>;

/** Credits are reserved before the work, then charged by what it cost, or given free again. */
@Controller()
export class HoldsController {
  constructor(
    @Inject(PARTS) private readonly parts: ApiParts,
    @Inject(COMMANDS) private readonly commands: CommandRunner,
    @Inject(CURSORS) private readonly cursors: Cursors,
  ) {}

  @Endpoint({ ...COMMAND, path: HOLDS, summary: 'Hold credits', body: hold, needsIdempotencyKey: true })
  place(@TheCall() call: Call, @TheBody() body: z.output<typeof hold>): Answer {
    const { id = null, pool, amount: amountNanos, expiresAt: expiresAtMs } = body;
    const command = { kind: 'PlaceHold', id, pool, amountNanos, expiresAtMs } as const;
    return this.commands.run(call, { route: 'holds', command, body });
  }

  @Endpoint({
    ...COMMAND,
    path: `${HOLDS}/:id/settle`,
    summary: 'Charge the actual cost of a hold; of an expired one too, once',
    body: settlement,
    needsIdempotencyKey: true,
  })
  settle(@TheCall() call: Call, @TheBody() body: z.output<typeof settlement>): Answer {
    const command = { kind: 'SettleHold', hold: pathParameter(call, 'id'), amountNanos: body.amount } as const;
    return this.commands.run(call, { route: 'holds/settle', command, body });
  }

  // Nothing is charged: a release that is repeated without a key is told that the hold has ended.
  @Endpoint({
    ...COMMAND,
    path: `${HOLDS}/:id/release`,
    summary: 'Give held credits free without a charge',
    body: nothing,
    isBodyOptional: true,
  })
  release(@TheCall() call: Call, @TheBody() body: z.output<typeof nothing>): Answer {
    const command = { kind: 'ReleaseHold', hold: pathParameter(call, 'id') } as const;
    return this.commands.run(call, { route: 'holds/release', command, body });
  }

  @Endpoint({
    method: 'GET',
    path: HOLDS,
    summary: 'Holds that are in force',
    scope: 'read',
    query: holdsQuery,
    answer: holdsAnswer,
  })
  async list(
    @TheCall() call: Call,
    @TheQuery() query: z.output<typeof holdsQuery>,
  ): Promise<z.input<typeof holdsAnswer>> {
    const account = await accountNow(this.parts, call, query.minRevision);
    const open = [...account.state.wallet.holds.values()].map((each) => ({ ...each, atMs: each.placedAtMs }));
    const page = newestFirst(open, pageRequest(call, this.cursors, query));
    const items = page.items.map(({ id, pool, amountNanos, placedAtMs, expiresAtMs }) => ({
      id,
      pool,
      amount: formatCredits(amountNanos),
      placedAt: formatTime(placedAtMs),
      expiresAt: formatTime(expiresAtMs),
      cause: 'hold',
    }));
    const { organisation } = call;
    return sealed(call, this.cursors, {
      organisation,
      asOf: asOfAccount(account),
      items,
      next: page.next,
    });
  }
}
