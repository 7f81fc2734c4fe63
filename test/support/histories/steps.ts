import fc from 'fast-check';
import type { AccountCommand } from '@app/metering';

/** Where histories begin. */
export const START_MS = Date.UTC(2026, 0, 20);
export const HOUR_MS = 3_600_000;

/** One usage event; equal ids are redeliveries, conflicts, or neither, as content and distance in time have it. */
export interface UsageStep {
  readonly kind: 'usage';
  readonly id: number;
  readonly type: string;
  readonly lateHours: number;
  readonly amount: number;
  readonly model: string;
}
interface CommandStep {
  readonly kind: 'command';
  readonly command: AccountCommand;
}
/** Gives back (a part of) the n-th usage event charged so far. */
interface RefundStep {
  readonly kind: 'refund';
  readonly nth: number;
  readonly amountNanos: bigint | null;
}
/** The scheduler's look. */
interface PassStep {
  readonly kind: 'pass';
}
export type Step = (UsageStep | CommandStep | RefundStep | PassStep) & { readonly hoursOn: number };

const CREDIT = 1_000_000_000n;
const nanos = fc.integer({ min: 1, max: 200 }).map((n) => BigInt(n) * CREDIT);
const pool = fc.constantFrom('credits', 'runs');
const orNull = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { nil: null });
const timeMs = (hours: number): number => START_MS + hours * HOUR_MS;
const time = (max: number): fc.Arbitrary<number> => fc.integer({ min: 0, max }).map(timeMs);
const hold = fc.integer({ min: 0, max: 5 }).map((n) => `h${n}`);
const recharge = fc.integer({ min: 1, max: 4 }).map((n) => `recharge-${n}`);

const usage = fc.record({
  kind: fc.constant('usage' as const),
  id: fc.integer({ min: 0, max: 60 }),
  type: fc.constantFrom('llm', 'llm', 'llm', 'tool', 'peak', 'visit', 'seats', 'storage', 'gpu', 'unknown'),
  lateHours: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 900 })),
  amount: fc.integer({ min: 0, max: 3_000 }),
  model: fc.constantFrom('large', 'bulk', 'small'),
});

const PERCENTS = [10, 25, 50, 75, 100];
const marks = fc
  .uniqueArray(fc.constantFrom(...PERCENTS), { maxLength: 3 })
  .map((values) =>
    values
      .toSorted((one, other) => one - other)
      .map((value) => ({ valueNanos: BigInt(value) * CREDIT, severity: null, channels: ['email'] })),
  );
const alert = fc.record({
  kind: fc.constant('alert' as const),
  name: fc.constantFrom('first', 'second'),
  pool,
  basis: fc.constantFrom('percent-used' as const, 'percent-left' as const, 'balance' as const),
  limitNanos: fc.constant(null),
  scope: fc.constant([]),
  marks,
});
const budget = fc.record({
  kind: fc.constant('budget' as const),
  name: fc.constantFrom('whole', 'scoped'),
  pool,
  basis: fc.constant('budget' as const),
  limitNanos: nanos,
  scope: fc.constantFrom([], [['model', 'large'] as const], [['project', 'p1'] as const]),
  marks,
});

/** The n-th of those that there are: `run-history.ts` knows its id. */
const byOrder = (max: number): fc.Arbitrary<string> => fc.integer({ min: 0, max }).map(String);

const credits: readonly fc.Arbitrary<AccountCommand>[] = [
  fc.record({
    kind: fc.constant('GrantCredits' as const),
    pool,
    amountNanos: nanos,
    source: fc.constantFrom('promotion' as const, 'purchase' as const),
    priority: orNull(fc.integer({ min: 0, max: 40 })),
    effectiveAtMs: orNull(time(2_000)),
    expiresAtMs: orNull(time(4_000)),
    recurrence: orNull(fc.record({ every: fc.constantFrom('P1D', 'P1W', 'P1M'), anchorMs: fc.constant(null) })),
    rollover: orNull(fc.record({ minNanos: orNull(nanos), maxNanos: orNull(nanos) })),
  }),
  fc.record({
    kind: fc.constant('AdjustCredits' as const),
    pool,
    amountNanos: fc
      .integer({ min: -150, max: 150 })
      .filter((n) => n !== 0)
      .map((n) => BigInt(n) * CREDIT),
  }),
  fc.record({ kind: fc.constant('VoidGrant' as const), grant: byOrder(12) }),
  fc.record({
    kind: fc.constant('PurchaseCredits' as const),
    package: fc.constantFrom('pack', 'small'),
    quantityNanos: fc.constant(null),
    paymentReference: fc.constant(null),
    by: fc.constant('order' as const),
  }),
  fc.record({
    kind: fc.constant('RefundPurchase' as const),
    purchase: byOrder(4),
    amountNanos: orNull(nanos),
  }),
];

const terms: readonly fc.Arbitrary<AccountCommand>[] = [
  fc.record({
    kind: fc.constant('ChangePlan' as const),
    plan: fc.constantFrom('pro', 'rolling', 'forgiving'),
    at: fc.constantFrom('now' as const, 'cycle-end' as const),
  }),
  fc.record({
    kind: fc.constant('ResetCycle' as const),
    negative: fc.constantFrom(null, 'carry' as const, 'forgive' as const),
    anchor: fc.constantFrom('keep' as const, 'now' as const),
  }),
  fc.record({ kind: fc.constant('PauseAccount' as const) }),
  fc.record({ kind: fc.constant('ResumeAccount' as const) }),
  fc.record({ kind: fc.constant('SetNegativeLimit' as const), pool, limitNanos: nanos }),
];

const holds: readonly fc.Arbitrary<AccountCommand>[] = [
  fc.record({
    kind: fc.constant('PlaceHold' as const),
    id: hold,
    pool,
    amountNanos: nanos,
    expiresAtMs: time(4_000),
  }),
  fc.record({ kind: fc.constant('SettleHold' as const), hold, amountNanos: nanos }),
  fc.record({ kind: fc.constant('ReleaseHold' as const), hold }),
];

const rules: readonly fc.Arbitrary<AccountCommand>[] = [
  fc.record({
    kind: fc.constant('SetRule' as const),
    rule: fc.oneof(alert, budget),
    countedNanos: fc.constantFrom(0n, 20n * CREDIT),
  }),
  fc.record({
    kind: fc.constant('SetAutoRecharge' as const),
    enabled: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
    package: fc.constantFrom('pack', 'small'),
    thresholdNanos: nanos,
    monthlyLimitMinor: fc.constantFrom(null, 1_000n, 100_000n),
  }),
  fc.record({
    kind: fc.constant('CompleteRecharge' as const),
    purchase: recharge,
    paymentReference: fc.integer({ min: 0, max: 5 }).map((n) => `pay-${n}`),
  }),
  fc.record({ kind: fc.constant('DeclineRecharge' as const), purchase: recharge, reason: fc.constant('declined') }),
];

const command = fc
  .oneof(...credits, ...terms, ...holds, ...rules)
  .map((made) => ({ kind: 'command' as const, command: made }));
const refund = fc.record({
  kind: fc.constant('refund' as const),
  nth: fc.integer({ min: 0, max: 30 }),
  amountNanos: orNull(nanos),
});

const step: fc.Arbitrary<Step> = fc
  .tuple(
    fc.oneof(
      { weight: 14, arbitrary: usage },
      { weight: 7, arbitrary: command },
      { weight: 1, arbitrary: refund },
      { weight: 1, arbitrary: fc.constant({ kind: 'pass' as const }) },
    ),
    fc.oneof(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 400 })),
  )
  .map(([made, hoursOn]) => ({ ...made, hoursOn }));

/** An account's life: usage and commands, hours apart. Shrinks to few steps. */
export const history: fc.Arbitrary<readonly Step[]> = fc.array(step, { minLength: 1, maxLength: 60, size: 'max' });
