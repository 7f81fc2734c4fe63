import { Controller, Inject } from '@nestjs/common';
import type { AccountCommand, RefundableUsage } from '@app/metering';
import { z } from 'zod';
import type { ApiParts } from '../api-parts.js';
import { TheCall } from '../edge/call.js';
import type { Call } from '../edge/call.js';
import { Endpoint } from '../edge/endpoint.js';
import { Problem } from '../edge/problem.js';
import { TheBody } from '../edge/request-body.js';
import { instant, name, positiveCredits, reason } from '../edge/schemas.js';
import { COMMANDS, PARTS } from '../tokens.js';
import { commandAnswer } from './command-runner.js';
import type { CommandRunner } from './command-runner.js';
import { refundableEntry, refundableEvent } from './refundable-usage.js';

const refund = z
  .strictObject({
    event: z.strictObject({ source: name, id: name, time: instant.optional() }).optional(),
    purchase: name.optional(),
    entry: name.optional(),
    amount: positiveCredits.optional().meta({ description: 'All that is not reversed yet when absent' }),
    reason,
  })
  .refine((body) => [body.event, body.purchase, body.entry].filter((each) => each !== undefined).length === 1, {
    error: 'names one of event, purchase and entry',
  });

type Refund = z.output<typeof refund>;

/** Credits of failed operations and unused purchases go back. */
@Controller()
export class RefundsController {
  constructor(
    @Inject(PARTS) private readonly parts: ApiParts,
    @Inject(COMMANDS) private readonly commands: CommandRunner,
  ) {}

  @Endpoint({
    method: 'POST',
    path: '/v1/organisations/:organisation/refunds',
    summary: 'Give back the credits of a usage event, a ledger entry or a purchase',
    scope: 'admin',
    body: refund,
    needsIdempotencyKey: true,
    answer: commandAnswer,
  })
  async refund(@TheCall() call: Call, @TheBody() body: Refund): Promise<z.output<typeof commandAnswer>> {
    const command = await this.#commandOf(call.organisation, body);
    return this.commands.run(call, { route: 'refunds', command, body, reason: body.reason });
  }

  async #commandOf(organisation: string, body: Refund): Promise<AccountCommand> {
    const amountNanos = body.amount ?? null;
    if (body.purchase !== undefined) return { kind: 'RefundPurchase', purchase: body.purchase, amountNanos };
    const of = await this.#usageOf(organisation, body);
    if (!of) throw Problem.refusal('NotRefundable', 'there is no such charged usage to give back');
    return { kind: 'RefundUsage', of, amountNanos };
  }

  async #usageOf(organisation: string, { event, entry }: Refund): Promise<RefundableUsage | null> {
    if (event) {
      const { source, id, time = null } = event;
      return refundableEvent(this.parts, organisation, { source, id, timeMs: time });
    }
    return entry === undefined ? null : refundableEntry(this.parts, organisation, entry);
  }
}
