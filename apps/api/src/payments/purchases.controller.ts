import { Controller, Inject } from '@nestjs/common';
import { accountEvents } from '@app/accounts';
import type { LoadedAccount } from '@app/accounts';
import { formatCredits, formatMoney, formatTime, parseEntryId } from '@app/metering';
import type { PurchaseState } from '@app/metering';
import { z } from 'zod';
import type { ApiParts } from '../api-parts.js';
import { TheCall, TheQuery } from '../edge/call.js';
import type { Call } from '../edge/call.js';
import type { Cursors } from '../edge/cursor.js';
import { Endpoint } from '../edge/endpoint.js';
import { minRevisionQuery, pageQuery } from '../edge/schemas.js';
import { accountNow } from '../queries/account-now.js';
import { asOf, asOfAccount } from '../queries/as-of.js';
import { newestFirst } from '../queries/newest-first.js';
import { pageRequest, sealed } from '../queries/read.js';
import { CURSORS, PARTS } from '../tokens.js';

const query = z.strictObject({ ...pageQuery, ...minRevisionQuery });
const purchase = z.object({
  id: z.string(),
  package: z.string(),
  pool: z.string(),
  credits: z.string(),
  bonus: z.string(),
  price: z.object({ amount: z.string(), currency: z.string() }),
  cause: z.enum(['order', 'recharge', 'checkout']),
  paymentReference: z.string().nullable(),
  at: z.string(),
  refundableUntil: z.string().nullable(),
  grants: z.array(z.string()),
  actor: z.string().nullable(),
  revision: z.string(),
});
const purchases = z.object({
  organisation: z.string(),
  asOf,
  items: z.array(purchase),
  next: z.string().nullable(),
});

/** What was bought, by whom or what, and for how much: from the account's own stream. */
@Controller()
export class PurchasesController {
  constructor(
    @Inject(PARTS) private readonly parts: ApiParts,
    @Inject(CURSORS) private readonly cursors: Cursors,
  ) {}

  @Endpoint({
    method: 'GET',
    path: '/v1/organisations/:organisation/purchases',
    summary: 'Purchases, newest first',
    scope: 'read',
    query,
    answer: purchases,
  })
  async list(@TheCall() call: Call, @TheQuery() asked: z.output<typeof query>): Promise<z.input<typeof purchases>> {
    const account = await accountNow(this.parts, call, asked.minRevision);
    const page = newestFirst(account.state.wallet.purchases.values(), pageRequest(call, this.cursors, asked));
    return sealed(call, this.cursors, {
      organisation: call.organisation,
      asOf: asOfAccount(account),
      items: await Promise.all(page.items.map((each) => this.#view(account, each))),
      next: page.next,
    });
  }

  async #view({ stream }: LoadedAccount, { id, grants }: PurchaseState): Promise<z.input<typeof purchase>> {
    const revision = revisionOf(grants);
    const [stored] = await this.parts.store.readStream(stream, { from: revision, maxCount: 1 });
    const event = stored && accountEvents.decode(stored).event;
    if (event?.type !== 'CreditsPurchased') throw new Error(`The purchase ${id} is not where its grants say.`);
    const { creditsNanos, bonusNanos, price, by, paymentReference, refundableUntilMs } = event.purchase;
    return {
      id,
      package: event.purchase.package,
      pool: event.purchase.pool,
      credits: formatCredits(creditsNanos),
      bonus: formatCredits(bonusNanos),
      price: { amount: formatMoney(price), currency: price.currency },
      cause: by,
      paymentReference,
      at: formatTime(event.atMs),
      refundableUntil: refundableUntilMs === null ? null : formatTime(refundableUntilMs),
      grants: [...grants],
      actor: event.command?.actor ?? null,
      revision: revision.toString(),
    };
  }
}

/** A grant's id says at which revision it was made. */
export function revisionOf([first = '']: readonly string[]): bigint {
  const place = parseEntryId(first.replace(/^g-/, ''));
  if (!place) throw new Error('A purchase makes at least one grant.');
  return place.revision;
}
