import { createHash } from 'node:crypto';
import { Controller, Inject } from '@nestjs/common';
import { quoteOf } from '@app/metering';
import type { AccountState } from '@app/metering';
import { z } from 'zod';
import type { ApiParts } from '../api-parts.js';
import { commandAnswer } from '../commands/command-runner.js';
import type { CommandRunner } from '../commands/command-runner.js';
import { requestHash } from '../commands/request-hash.js';
import { rejectionProblem } from '../commands/rejection-problem.js';
import { TheCall } from '../edge/call.js';
import type { Call } from '../edge/call.js';
import { Endpoint } from '../edge/endpoint.js';
import { Problem } from '../edge/problem.js';
import { TheBody } from '../edge/request-body.js';
import { name, positiveCredits } from '../edge/schemas.js';
import { accountNow } from '../queries/account-now.js';
import { COMMANDS, PARTS } from '../tokens.js';
import { CHECKOUT_RECORD, checkoutOf, recordText, storedMethodOf } from './payment-records.js';
import type { CheckoutRecord } from './payment-records.js';

const checkout = z.strictObject({
  package: name,
  quantity: positiveCredits.optional().meta({ description: 'Credits, of a volume package' }),
});
const checkoutAnswer = commandAnswer.extend({
  id: z.string(),
  url: z.string().meta({ description: 'Where the customer pays' }),
  status: z.enum(['open', 'paid', 'expired']),
});

type Body = z.output<typeof checkout>;

/** Packages that the customer pays at the processor; credited when its signed webhook says paid. */
@Controller()
export class CheckoutsController {
  constructor(
    @Inject(PARTS) private readonly parts: ApiParts,
    @Inject(COMMANDS) private readonly commands: CommandRunner,
  ) {}

  @Endpoint({
    method: 'POST',
    path: '/v1/organisations/:organisation/checkouts',
    summary: 'Begin to buy a package; credited when the processor says that it is paid',
    scope: 'write',
    body: checkout,
    needsIdempotencyKey: true,
    answer: checkoutAnswer,
  })
  async begin(@TheCall() call: Call, @TheBody() body: Body): Promise<z.output<typeof checkoutAnswer>> {
    const id = checkoutId(call, body);
    const { state } = await accountNow(this.parts, call);
    // What was begun before is quoted as it was: the same key gives the same checkout, whatever has changed since.
    const quoted = checkoutOf(state, id) ?? this.#quote(state, body, call.actor);
    const command = { kind: 'PutRecord', record: CHECKOUT_RECORD, key: id, value: recordText(quoted) } as const;
    const { revision } = await this.commands.run(call, { route: 'checkouts', command, body });
    const { state: recorded } = await accountNow(this.parts, call);
    const { amountMinor, currency, ...terms } = checkoutOf(recorded, id) ?? quoted;
    const { organisation } = call;
    const begun = await this.parts.payments.processors.of(recorded.wallet).createCheckout({
      idempotencyKey: `${organisation}/${id}`,
      subject: { organisation, purpose: 'checkout', id },
      amountMinor,
      currency,
      title: terms.package,
      method: storedMethodOf(recorded)?.method ?? null,
    });
    return { id, ...begun, revision };
  }

  /** @throws Problem 409 as the purchase itself would be refused */
  #quote({ wallet }: AccountState, { package: key, quantity }: Body, actor: string | null): CheckoutRecord {
    const catalog = this.parts.catalogs.current;
    if (catalog?.plan(wallet.plan)?.isPaid !== true) throw Problem.refusal('PlanNotPaid', 'purchases need a paid plan');
    const bought = catalog.package(key);
    if (bought === undefined) throw Problem.refusal('UnknownPackage', `the catalog has no package ${key}`);
    const quote = quoteOf(bought, quantity ?? null);
    if ('code' in quote) throw rejectionProblem(quote);
    const { price, ...terms } = quote;
    return { package: key, actor, quantityNanos: quantity ?? null, ...terms, ...price };
  }
}

/** The same for the same key and body: a repeated request finds its own checkout. */
function checkoutId({ organisation, idempotencyKey, params }: Call, body: Body): string {
  const text = JSON.stringify([organisation, idempotencyKey, requestHash(params, body)]);
  return `c-${createHash('sha256').update(text, 'utf8').digest('hex').slice(0, 24)}`;
}
