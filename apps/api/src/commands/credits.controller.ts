import { Controller, Inject } from '@nestjs/common';
import { z } from 'zod';
import { pathParameter, TheCall } from '../edge/call.js';
import type { Call } from '../edge/call.js';
import { Endpoint } from '../edge/endpoint.js';
import { TheBody } from '../edge/request-body.js';
import { credits, instant, name, positiveCredits, reason, signedCredits } from '../edge/schemas.js';
import { COMMANDS } from '../tokens.js';
import { commandAnswer } from './command-runner.js';
import type { CommandRunner } from './command-runner.js';

const PRIORITY_MAX = 1_000_000;

const grant = z.strictObject({
  pool: name,
  amount: positiveCredits,
  source: z.enum(['promotion', 'bonus', 'purchase', 'adjustment', 'plan', 'refund', 'rollover']),
  priority: z.int().min(0).max(PRIORITY_MAX).optional().meta({ description: 'Lower goes first' }),
  effectiveAt: instant.optional(),
  expiresAt: instant.optional(),
  recurrence: z.strictObject({ every: z.enum(['P1D', 'P1W', 'P1M', 'P1Y']), anchor: instant.optional() }).optional(),
  rollover: z.strictObject({ min: credits.optional(), max: credits.optional() }).optional(),
  reason,
});

const purchase = z.strictObject({
  package: name,
  quantity: positiveCredits.optional().meta({ description: 'Credits, of a volume package' }),
  paymentReference: name.optional(),
});

const adjustment = z.strictObject({ pool: name, amount: signedCredits, reason });

const ORGANISATION = '/v1/organisations/:organisation';
const COMMAND = { scope: 'admin', answer: commandAnswer, needsIdempotencyKey: true } as const;

type Answer = Promise<z.output<typeof commandAnswer>>;

/** Credits are granted, bought, taken back and adjusted. */
@Controller()
export class CreditsController {
  constructor(@Inject(COMMANDS) private readonly commands: CommandRunner) {}

  @Endpoint({ ...COMMAND, method: 'POST', path: `${ORGANISATION}/grants`, summary: 'Grant credits', body: grant })
  grant(@TheCall() call: Call, @TheBody() body: z.output<typeof grant>): Answer {
    const { recurrence, rollover } = body;
    const command = {
      kind: 'GrantCredits',
      pool: body.pool,
      amountNanos: body.amount,
      source: body.source,
      priority: body.priority ?? null,
      effectiveAtMs: body.effectiveAt ?? null,
      expiresAtMs: body.expiresAt ?? null,
      recurrence: recurrence ? { every: recurrence.every, anchorMs: recurrence.anchor ?? null } : null,
      rollover: rollover ? { minNanos: rollover.min ?? null, maxNanos: rollover.max ?? null } : null,
    } as const;
    return this.commands.run(call, { route: 'grants', command, body, reason: body.reason });
  }

  // Voiding what is void already changes nothing: repeating it is safe without a key.
  @Endpoint({
    ...COMMAND,
    needsIdempotencyKey: false,
    method: 'DELETE',
    path: `${ORGANISATION}/grants/:id`,
    summary: 'Void the rest of a grant',
  })
  void(@TheCall() call: Call): Answer {
    const command = { kind: 'VoidGrant', grant: pathParameter(call, 'id') } as const;
    return this.commands.run(call, { route: 'grants/void', command, body: {} });
  }

  @Endpoint({ ...COMMAND, method: 'POST', path: `${ORGANISATION}/purchases`, summary: 'Buy a package', body: purchase })
  purchase(@TheCall() call: Call, @TheBody() body: z.output<typeof purchase>): Answer {
    const command = {
      kind: 'PurchaseCredits',
      package: body.package,
      quantityNanos: body.quantity ?? null,
      paymentReference: body.paymentReference ?? null,
      by: 'order',
    } as const;
    return this.commands.run(call, { route: 'purchases', command, body });
  }

  @Endpoint({
    ...COMMAND,
    method: 'POST',
    path: `${ORGANISATION}/adjustments`,
    summary: 'Adjust a balance: a positive amount is a grant, a negative one draws like usage',
    body: adjustment,
  })
  adjust(@TheCall() call: Call, @TheBody() body: z.output<typeof adjustment>): Answer {
    const command = { kind: 'AdjustCredits', pool: body.pool, amountNanos: body.amount } as const;
    return this.commands.run(call, { route: 'adjustments', command, body, reason: body.reason });
  }
}
