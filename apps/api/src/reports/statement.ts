import { formatMoney, formatTime } from '@app/metering';
import type { Catalog, Cycle, Money } from '@app/metering';
import type { MonthlyItem } from '@app/read-models';
import { z } from 'zod';
import type { InvoiceRecord } from '../payments/payment-records.js';

const money = z.object({ amount: z.string(), currency: z.string() });
const line = z.object({
  kind: z.enum(['plan', 'purchase', 'usage']),
  description: z.string(),
  quantity: z.string().nullable(),
  credits: z.string().nullable(),
  pool: z.string().nullable(),
  price: money.nullable().meta({ description: 'Usage is paid with credits: it has none' }),
});

/** A closed month as an invoice statement. */
export const statementView = z.object({
  number: z.string(),
  year: z.int(),
  month: z.int(),
  issuedAt: z.string(),
  cycle: z.object({ start: z.string(), end: z.string() }),
  plan: z.string(),
  lines: z.array(line),
  totals: z.array(money).meta({ description: 'By currency' }),
  payment: z
    .looseObject({ status: z.string() })
    .nullable()
    .meta({ description: 'Of the plan, where it was asked for' }),
  pools: z.array(z.looseObject({ pool: z.string() })),
});

export interface BoughtPackage {
  readonly package: string;
  readonly pool: string;
  readonly credits: string;
  readonly price: Money;
  readonly atMs: number;
}

export interface StatementBasis {
  readonly organisation: string;
  readonly cycle: Cycle;
  readonly summary: MonthlyItem;
  readonly catalog: Catalog;
  readonly bought: readonly BoughtPackage[];
  readonly invoice: InvoiceRecord | null;
}

type Line = z.input<typeof line>;

/** Plan, packages bought and usage of one closed cycle. The plan's price is the one that was asked for, else the catalog's. */
export function statementOf(basis: StatementBasis): z.input<typeof statementView> {
  const { organisation, cycle, summary, catalog, bought, invoice } = basis;
  const planPrice = invoice ?? catalog.plan(cycle.plan)?.price ?? null;
  const prices: Money[] = [...(planPrice === null ? [] : [planPrice]), ...bought.map(({ price }) => price)];
  const planLine: Line = {
    kind: 'plan',
    description: cycle.plan,
    quantity: '1',
    credits: null,
    pool: null,
    price: planPrice === null ? null : moneyOf(planPrice),
  };
  const { year, month } = summary;
  return {
    number: `${organisation}-${year}-${month.toString().padStart(2, '0')}`,
    year,
    month,
    issuedAt: formatTime(cycle.endMs),
    cycle: { start: formatTime(cycle.startMs), end: formatTime(cycle.endMs) },
    plan: cycle.plan,
    lines: [planLine, ...bought.map(purchaseLine), ...summary.meters.map(usageLine)],
    totals: totalsOf(prices),
    payment: invoice === null ? null : { status: invoice.status, ...moneyOf(invoice), reason: invoice.reason },
    pools: summary.pools.map((pool) => ({ ...pool })),
  };
}

const purchaseLine = ({ package: description, credits, pool, price, atMs }: BoughtPackage): Line => ({
  kind: 'purchase',
  description: `${description}, ${formatTime(atMs)}`,
  quantity: '1',
  credits,
  pool,
  price: moneyOf(price),
});

const usageLine = ({ meter, quantity, credits, pool }: MonthlyItem['meters'][number]): Line => ({
  kind: 'usage',
  description: meter,
  quantity,
  credits,
  pool,
  price: null,
});

const moneyOf = ({ amountMinor, currency }: Money): z.input<typeof money> => ({
  amount: formatMoney({ amountMinor, currency }),
  currency,
});

function totalsOf(prices: readonly Money[]): z.input<typeof money>[] {
  const totals = new Map<string, bigint>();
  for (const { amountMinor, currency } of prices) totals.set(currency, (totals.get(currency) ?? 0n) + amountMinor);
  return [...totals].map(([currency, amountMinor]) => moneyOf({ amountMinor, currency }));
}
