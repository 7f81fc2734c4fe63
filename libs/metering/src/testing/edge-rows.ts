import { formatCredits, parseCredits } from '../amounts/index.js';
import type { CatalogDocument } from '../catalog/index.js';
import { AccountFixture, msOf } from './account-fixture.js';
import { catalogFixture } from './catalog-fixture.js';
import type { AccountCommand } from '../account/index.js';

type PlanDocument = CatalogDocument['plans'][number];
type RolloverDocument = NonNullable<NonNullable<PlanDocument['included']>[number]['rollover']>;
type Grant = Partial<Extract<AccountCommand, { kind: 'GrantCredits' }>>;
type Step = (account: AccountFixture) => void;

/** A row that cannot be played says so. */
function demand(actual: string, expected: string): void {
  if (actual !== expected) throw new Error(`answered ${actual} instead of ${expected}`);
}

let usageCount = 0;
/** Usage that costs so many credits, at a time; `at` is when its record arrives. */
export const use =
  (time: string, credits: number, at?: string): Step =>
  (a) => {
    usageCount += 1;
    a.use({
      id: `u${usageCount}`,
      type: 'work',
      time: t(time),
      data: { n: credits },
      ...(at === undefined ? {} : { at: t(at) }),
    });
  };
export const grant =
  (at: string, amount: string, more: Grant = {}): Step =>
  (a) => {
    demand(a.grant(amount, t(at), more).kind, 'accepted');
  };
export const command =
  (at: string, c: AccountCommand, expected: string = 'accepted'): Step =>
  (a) => {
    const decision = a.command(c, t(at));
    demand(decision.kind === 'refused' ? decision.rejection.code : decision.kind, expected);
  };
export const pass =
  (to: string): Step =>
  (a) =>
    a.passTo(t(to));
export const voidNth =
  (at: string, nth: number): Step =>
  (a) => {
    const ids = a.events.flatMap((e) => (e.type === 'CreditsGranted' ? [e.grant.id] : []));
    command(at, { kind: 'VoidGrant', grant: ids[nth] ?? '' })(a);
  };
export const adjust = (at: string, amount: bigint): Step =>
  command(at, { kind: 'AdjustCredits', pool: 'credits', amountNanos: amount * 1_000_000_000n });
export const reset = (at: string, negative: 'carry' | 'forgive' | null = null, anchor: 'keep' | 'now' = 'keep'): Step =>
  command(at, { kind: 'ResetCycle', negative, anchor });
export const plan = (at: string, key: string, when: 'now' | 'cycle-end'): Step =>
  command(at, { kind: 'ChangePlan', plan: key, at: when });
export const buy = (at: string): Step =>
  command(at, { kind: 'PurchaseCredits', package: 'pack', quantityNanos: null, paymentReference: null, by: 'order' });

/** `03-10` or `03-10T12:30` of 2026. */
const t = (short: string): string => (short.length === 5 ? `2026-${short}T00:00:00Z` : `2026-${short}:00Z`);
export const ms = (short: string): number => msOf(t(short));
export const nanos = (amount: string): bigint => parseCredits(amount) ?? 0n;

const planOf = (
  key: string,
  amount: string,
  rollover: RolloverDocument,
  more: Partial<PlanDocument> = {},
): PlanDocument => ({
  key,
  rateCard: 'standard',
  paid: true,
  included: [{ pool: 'credits', amount, rollover }],
  ...more,
});

const catalog = catalogFixture({
  dimensions: ['project'],
  meters: [{ key: 'work', eventType: 'work', aggregation: 'sum', value: 'n' }],
  rateCards: [
    {
      key: 'standard',
      versions: [
        {
          effectiveFrom: '2020-01-01T00:00:00Z',
          rates: [{ meter: 'work', pool: 'credits', price: { model: 'unit', credits: '1', per: '1' } }],
        },
      ],
    },
  ],
  plans: [
    planOf('hundred', '100', { model: 'none' }, { default: true }),
    planOf('none', '0', { model: 'none' }),
    planOf('capped', '100', { model: 'capped', max: '30', cycles: 2 }),
    planOf('half', '100', { model: 'capped', share: '0.5' }),
    planOf('pooled', '100', { model: 'capped', max: '1000' }),
    planOf('forgiving', '100', { model: 'none' }, { negativeBalance: 'forgive' }),
    planOf('large', '250', { model: 'none' }),
  ],
});

/** One edge: what happens to an account opened on 1 March, and what is left of it. */
export interface Row {
  readonly name: string;
  readonly on?: string;
  readonly steps: readonly Step[];
  readonly balance: string;
  /** Used and expired of the current cycle, where the row is about them. */
  readonly used?: string;
  readonly expired?: string;
  readonly granted?: string;
  readonly opening?: string;
  readonly overdraft?: string;
  /** Remainders of the grants in drawing order, `source:remaining`. */
  readonly grants?: readonly string[];
}

const OPEN = '03-01';

/** Plays a row: the figures that come out, beside those that the row names. */
export function play(row: Row): { readonly figures: Figures; readonly expected: Partial<Figures> } {
  const account = new AccountFixture(catalog);
  const onPlan = row.on ?? 'hundred';
  command(OPEN, { kind: 'OpenAccount', plan: onPlan, anchorDay: 1, openedAtMs: null, manualClockMs: null })(account);
  for (const step of row.steps) step(account);
  const { name: _name, on: _on, steps: _steps, ...expected } = row;
  return { figures: shown(account), expected };
}

type Figures = Required<Omit<Row, 'name' | 'on' | 'steps'>>;

/** The figures of the pool as a row writes them. */
function shown(account: AccountFixture): Figures {
  const pool = account.pool();
  return {
    balance: formatCredits(pool.balanceNanos),
    used: formatCredits(pool.usedNanos),
    expired: formatCredits(pool.expiredNanos),
    granted: formatCredits(pool.grantedNanos),
    opening: formatCredits(pool.openingNanos),
    overdraft: formatCredits(pool.overdraftNanos),
    grants: pool.grants.map((g) => `${g.source}:${formatCredits(g.remainingNanos)}`),
  };
}
