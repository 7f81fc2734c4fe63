import { Controller, Inject } from '@nestjs/common';
import type { Catalog, Package, Plan } from '@app/metering';
import { z } from 'zod';
import type { ApiParts } from '../api-parts.js';
import { Endpoint } from '../edge/endpoint.js';
import { PARTS } from '../tokens.js';
import { costPerCredit, ratioText } from './cost-per-credit.js';

const perCredit = z.looseObject({ amount: z.string(), currency: z.string() });
const offers = z.object({ version: z.int(), items: z.array(z.looseObject({ key: z.string() })), next: z.null() });

/** What can be bought, from the catalog, with what a credit costs. */
@Controller()
export class OffersController {
  constructor(@Inject(PARTS) private readonly parts: ApiParts) {}

  @Endpoint({ method: 'GET', path: '/v1/plans', summary: 'Plans of the catalog', scope: 'read', answer: offers })
  plans(): Promise<z.input<typeof offers>> {
    return this.#list((catalog) => catalog.plans.map(planOffer));
  }

  @Endpoint({ method: 'GET', path: '/v1/packages', summary: 'Packages of the catalog', scope: 'read', answer: offers })
  packages(): Promise<z.input<typeof offers>> {
    return this.#list((catalog) => catalog.packages.map(packageOffer));
  }

  async #list(itemsOf: (catalog: Catalog) => { key: string }[]): Promise<z.input<typeof offers>> {
    const catalog = await this.parts.catalogs.refresh();
    return { version: catalog?.version ?? 0, items: catalog ? itemsOf(catalog) : [], next: null };
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
