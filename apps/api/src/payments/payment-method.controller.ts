import { Controller, Inject } from '@nestjs/common';
import { formatTime } from '@app/metering';
import { TEST_BEHAVIOURS } from '@app/payments';
import type { PaymentMethod } from '@app/payments';
import { z } from 'zod';
import type { ApiParts } from '../api-parts.js';
import { commandAnswer } from '../commands/command-runner.js';
import type { CommandRunner } from '../commands/command-runner.js';
import { TheCall, TheQuery } from '../edge/call.js';
import type { Call } from '../edge/call.js';
import { Endpoint } from '../edge/endpoint.js';
import { Problem } from '../edge/problem.js';
import { TheBody } from '../edge/request-body.js';
import { minRevisionQuery, name } from '../edge/schemas.js';
import { accountNow } from '../queries/account-now.js';
import { asOf, asOfAccount } from '../queries/as-of.js';
import { COMMANDS, PARTS } from '../tokens.js';
import { METHOD_KEY, METHOD_RECORD, recordText, storedMethodOf } from './payment-records.js';

const method = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('test'), behaviour: z.enum(TEST_BEHAVIOURS) }),
  z.strictObject({
    kind: z.literal('token'),
    token: name.meta({ description: "The processor's name of the method" }),
    customer: name.optional().meta({ description: "The processor's name of the customer it belongs to" }),
  }),
]);
const query = z.strictObject(minRevisionQuery);
const methodAnswer = z.object({
  organisation: z.string(),
  asOf,
  kind: z.enum(['test', 'token']),
  behaviour: z.enum(TEST_BEHAVIOURS).nullable(),
  token: z.string().nullable().meta({ description: 'Its last four characters' }),
  storedAt: z.string(),
});

const PATH = '/v1/organisations/:organisation/payment-method';

/** The stored payment method, with which recharges, invoices and (of the test processor) checkouts are paid. */
@Controller()
export class PaymentMethodController {
  constructor(
    @Inject(PARTS) private readonly parts: ApiParts,
    @Inject(COMMANDS) private readonly commands: CommandRunner,
  ) {}

  // The operator's: a test method pays for credits with nothing.
  @Endpoint({
    method: 'PUT',
    path: PATH,
    summary: 'Store the payment method',
    scope: 'admin',
    body: method,
    answer: commandAnswer,
  })
  async store(@TheCall() call: Call, @TheBody() body: z.output<typeof method>) {
    const { state } = await accountNow(this.parts, call);
    const stored: PaymentMethod = body.kind === 'token' ? { ...body, customer: body.customer ?? null } : body;
    if (!this.parts.payments.processors.of(state.wallet).accepts(stored)) throw notAccepted(stored);
    const nowMs = this.parts.nowMs();
    const { clock, ledgerTimeMs } = state.wallet;
    const sinceMs = storedMethodOf(state)?.sinceMs ?? (clock === 'manual' ? ledgerTimeMs : nowMs);
    const value = recordText({ method: stored, sinceMs, storedAtMs: nowMs });
    const command = { kind: 'PutRecord', record: METHOD_RECORD, key: METHOD_KEY, value } as const;
    return this.commands.run(call, { route: METHOD_RECORD, command, body });
  }

  @Endpoint({
    method: 'GET',
    path: PATH,
    summary: 'The stored payment method',
    scope: 'read',
    query,
    answer: methodAnswer,
  })
  async get(@TheCall() call: Call, @TheQuery() asked: z.output<typeof query>): Promise<z.input<typeof methodAnswer>> {
    const account = await accountNow(this.parts, call, asked.minRevision);
    const stored = storedMethodOf(account.state);
    if (stored === null) throw Problem.of('NotFound', 'There is nothing here.');
    const { method: known } = stored;
    return {
      organisation: call.organisation,
      asOf: asOfAccount(account),
      kind: known.kind,
      behaviour: known.kind === 'test' ? known.behaviour : null,
      token: known.kind === 'token' ? known.token.slice(-4) : null,
      storedAt: formatTime(stored.storedAtMs),
    };
  }
}

function notAccepted({ kind }: PaymentMethod): Problem {
  const detail = `this account does not pay with methods of the kind ${kind}`;
  return Problem.of('InvalidBody', '1 field is not valid', {
    errors: [{ pointer: '/kind', code: 'NotAccepted', detail }],
  });
}
