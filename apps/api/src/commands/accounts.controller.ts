import { Controller, Inject } from '@nestjs/common';
import { z } from 'zod';
import { TheCall } from '../edge/call.js';
import type { Call } from '../edge/call.js';
import { Endpoint } from '../edge/endpoint.js';
import { TheBody } from '../edge/request-body.js';
import { credits, instant, name, reason } from '../edge/schemas.js';
import { COMMANDS } from '../tokens.js';
import { commandAnswer } from './command-runner.js';
import type { CommandRunner } from './command-runner.js';

const account = z.strictObject({
  plan: name,
  cycleAnchorDay: z.int().min(1).max(31).optional(),
  openedAt: instant.optional(),
  clock: z.strictObject({ manual: instant }).optional().meta({ description: 'A sandbox with a clock of its own' }),
});

const planChange = z.strictObject({ plan: name, at: z.enum(['now', 'cycle-end']) });
const nothing = z.strictObject({});
const negativeLimit = z.strictObject({ pool: name, limit: credits });
const reset = z.strictObject({
  negative: z.enum(['carry', 'forgive']).optional(),
  anchor: z.enum(['keep', 'now']).optional(),
  reason,
});

const ORGANISATION = '/v1/organisations/:organisation';
const COMMAND = { scope: 'admin', answer: commandAnswer } as const;

type Answer = Promise<z.output<typeof commandAnswer>>;

/** Accounts and their terms: opening, plan, pause, negative limit, cycle. */
@Controller()
export class AccountsController {
  constructor(@Inject(COMMANDS) private readonly commands: CommandRunner) {}

  @Endpoint({ ...COMMAND, method: 'PUT', path: ORGANISATION, summary: 'Open an account', body: account })
  open(@TheCall() call: Call, @TheBody() body: z.output<typeof account>): Answer {
    const { plan, cycleAnchorDay = 1, openedAt = null, clock } = body;
    const terms = { plan, anchorDay: cycleAnchorDay, openedAtMs: openedAt, manualClockMs: clock?.manual ?? null };
    return this.commands.run(call, { route: 'account', command: { kind: 'OpenAccount', ...terms }, body });
  }

  @Endpoint({ ...COMMAND, method: 'POST', path: `${ORGANISATION}/plan`, summary: 'Change the plan', body: planChange })
  changePlan(@TheCall() call: Call, @TheBody() body: z.output<typeof planChange>): Answer {
    return this.commands.run(call, { route: 'plan', command: { kind: 'ChangePlan', ...body }, body });
  }

  @Endpoint({
    ...COMMAND,
    method: 'POST',
    path: `${ORGANISATION}/pause`,
    summary: 'Pause the account: no work starts',
    body: nothing,
    isBodyOptional: true,
  })
  pause(@TheCall() call: Call, @TheBody() body: z.output<typeof nothing>): Answer {
    return this.commands.run(call, { route: 'pause', command: { kind: 'PauseAccount' }, body });
  }

  @Endpoint({
    ...COMMAND,
    method: 'POST',
    path: `${ORGANISATION}/resume`,
    summary: 'Resume a paused account',
    body: nothing,
    isBodyOptional: true,
  })
  resume(@TheCall() call: Call, @TheBody() body: z.output<typeof nothing>): Answer {
    return this.commands.run(call, { route: 'resume', command: { kind: 'ResumeAccount' }, body });
  }

  @Endpoint({
    ...COMMAND,
    method: 'PUT',
    path: `${ORGANISATION}/negative-limit`,
    summary: 'How far below zero a pool may go',
    body: negativeLimit,
  })
  setNegativeLimit(@TheCall() call: Call, @TheBody() body: z.output<typeof negativeLimit>): Answer {
    const command = { kind: 'SetNegativeLimit', pool: body.pool, limitNanos: body.limit } as const;
    return this.commands.run(call, { route: 'negative-limit', command, body });
  }

  @Endpoint({
    ...COMMAND,
    method: 'POST',
    path: `${ORGANISATION}/cycle/reset`,
    summary: 'End the cycle now, as if its end had come',
    body: reset,
    needsIdempotencyKey: true,
  })
  resetCycle(@TheCall() call: Call, @TheBody() body: z.output<typeof reset>): Answer {
    const { negative = null, anchor = 'keep' } = body;
    const command = { kind: 'ResetCycle', negative, anchor } as const;
    return this.commands.run(call, { route: 'cycle/reset', command, body, reason: body.reason });
  }
}
