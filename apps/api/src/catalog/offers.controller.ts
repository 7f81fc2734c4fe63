import { Controller, Inject } from '@nestjs/common';
import type { Catalog, Package, Plan } from '@app/metering';
import { z } from 'zod';
import type { ApiParts } from '../api-parts.js';
import { TheCall, TheQuery } from '../edge/call.js';
import type { Call } from '../edge/call.js';
import type { Cursors } from '../edge/cursor.js';
import { Endpoint } from '../edge/endpoint.js';
import { pageQuery } from '../edge/schemas.js';
import { pageOf } from '../queries/read.js';
import { CURSORS, PARTS } from '../tokens.js';
import { costPerCredit, ratioText } from './cost-per-credit.js';

const perCredit = z.looseObject({ amount: z.string(), currency: z.string() });
const query = z.strictObject(pageQuery);
const offers = z.object({
  version: z.int(),
  items: z.array(z.looseObject({ key: z.string() })),
  next: z.string().nullable(),
});
const OFFERS = { method: 'GET', scope: 'read', query, answer: offers } as const;

type Asked = z.output<typeof query>;
type Offers = Promise<z.input<typeof offers>>;

/** What can be bought, from the catalog, with what a credit costs. */
@Controller()
export class OffersController {
  constructor(
    @Inject(PARTS) private readonly parts: ApiParts,
    @Inject(CURSORS) private readonly cursors: Cursors,
  ) {}

  @Endpoint({ ...OFFERS, path: '/v1/plans', summary: 'Plans of the catalog' })
  plans(@TheCall() call: Call, @TheQuery() asked: Asked): Offers {
    return this.#list(call, asked, (catalog) => catalog.plans.map(planOffer));
  }

  @Endpoint({ ...OFFERS, path: '/v1/packages', summary: 'Packages of the catalog' })
  packages(@TheCall() call: Call, @TheQuery() asked: Asked): Offers {
    return this.#list(call, asked, (catalog) => catalog.packages.map(packageOffer));
  }

  async #list(call: Call, asked: Asked, itemsOf: (catalog: Catalog) => { key: string }[]): Offers {
    const catalog = await this.parts.catalogs.refresh();
    const items = catalog ? itemsOf(catalog) : [];
    return { version: catalog?.version ?? 0, ...pageOf(call, this.cursors, { asked, items }) };
  }
}

/** A plan's price is set against what it includes; per pool, since credits of different pools do not add up. */
function planOffer(plan: Plan): { key: string; effectiveCostPerCredit: readonly object[] } {
  const { price } = plan;
  const costs = price
    ? plan.included.flatMap(({ pool, amountNanos }) => {
        const amount = costPerCredit(price.amountMinor, price.currency, amountNanos);
        return amount === null ? [] : [{ pool, amount, currency: price.currency }];
      })
    : [];
  return { ...plan.document, effectiveCostPerCredit: costs };
}

type Cost = z.input<typeof perCredit>;

/** Bonus credits count: they make a credit cheaper. By volume, each tier has its own cost. */
function packageOffer(offered: Package): { key: string; effectiveCostPerCredit: Cost | readonly Cost[] | null } {
  const { fixedPrice, creditsNanos, bonusNanos, currency, document } = offered;
  if (fixedPrice && creditsNanos !== null) {
    const amount = costPerCredit(fixedPrice.amountMinor, currency, creditsNanos + bonusNanos);
    return { ...document, effectiveCostPerCredit: amount === null ? null : { amount, currency } };
  }
  const tiers = offered.volumeTiers.map((tier, index): Cost => {
    const upTo = 'tiers' in document.price ? document.price.tiers[index]?.upTo : undefined;
    return { upTo: upTo ?? null, amount: ratioText(tier.amountNanos, tier.perNanos), currency };
  });
  return { ...document, effectiveCostPerCredit: tiers };
}
