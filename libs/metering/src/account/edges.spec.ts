import { describe, expect, it } from '@jest/globals';
import { formatCredits, parseCredits } from '../amounts/index.js';
import type { CatalogDocument } from '../catalog/index.js';
import { AccountFixture, catalogFixture, msOf } from '../testing/index.js';
import type { AccountCommand } from './account-commands.js';

type PlanDocument = CatalogDocument['plans'][number];
type RolloverDocument = PlanDocument['included'][number]['rollover'];
type Grant = Partial<Extract<AccountCommand, { kind: 'GrantCredits' }>>;
type Step = (account: AccountFixture) => void;

let usageCount = 0;
/** Usage that costs so many credits, at a time; `at` is when its record arrives. */
const use =
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
const grant =
  (at: string, amount: string, more: Grant = {}): Step =>
  (a) => {
    expect(a.grant(amount, t(at), more).kind).toBe('accepted');
  };
const command =
  (at: string, c: AccountCommand, expected: string = 'accepted'): Step =>
  (a) => {
    const decision = a.command(c, t(at));
    expect(decision.kind === 'refused' ? decision.rejection.code : decision.kind).toBe(expected);
  };
const pass =
  (to: string): Step =>
  (a) =>
    a.passTo(t(to));
const voidNth =
  (at: string, nth: number): Step =>
  (a) => {
    const ids = a.events.flatMap((e) => (e.type === 'CreditsGranted' ? [e.grant.id] : []));
    command(at, { kind: 'VoidGrant', grant: ids[nth] ?? '' })(a);
  };
const adjust = (at: string, amount: bigint): Step =>
  command(at, { kind: 'AdjustCredits', pool: 'credits', amountNanos: amount * 1_000_000_000n });
const reset = (at: string, negative: 'carry' | 'forgive' | null = null, anchor: 'keep' | 'now' = 'keep'): Step =>
  command(at, { kind: 'ResetCycle', negative, anchor });
const plan = (at: string, key: string, when: 'now' | 'cycle-end'): Step =>
  command(at, { kind: 'ChangePlan', plan: key, at: when });
const buy = (at: string): Step =>
  command(at, { kind: 'PurchaseCredits', package: 'pack', quantityNanos: null, paymentReference: null, by: 'order' });

/** `03-10` or `03-10T12:30` of 2026. */
const t = (short: string): string => (short.length === 5 ? `2026-${short}T00:00:00Z` : `2026-${short}:00Z`);
const ms = (short: string): number => msOf(t(short));
const nanos = (amount: string): bigint => parseCredits(amount) ?? 0n;

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

interface Row {
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

function check(row: Row): void {
  const account = new AccountFixture(catalog);
  command(OPEN, {
    kind: 'OpenAccount',
    plan: row.on ?? 'hundred',
    anchorDay: 1,
    openedAtMs: null,
    manualClockMs: null,
  })(account);
  for (const step of row.steps) step(account);
  const pool = account.pool();
  expect(formatCredits(pool.balanceNanos)).toBe(row.balance);
  if (row.used !== undefined) expect(formatCredits(pool.usedNanos)).toBe(row.used);
  if (row.expired !== undefined) expect(formatCredits(pool.expiredNanos)).toBe(row.expired);
  if (row.granted !== undefined) expect(formatCredits(pool.grantedNanos)).toBe(row.granted);
  if (row.opening !== undefined) expect(formatCredits(pool.openingNanos)).toBe(row.opening);
  if (row.overdraft !== undefined) expect(formatCredits(pool.overdraftNanos)).toBe(row.overdraft);
  if (row.grants !== undefined)
    expect(pool.grants.map((g) => `${g.source}:${formatCredits(g.remainingNanos)}`)).toEqual(row.grants);
}

const inMarch = { expiresAtMs: ms('03-20') };

describe('drawing order', () => {
  it.each<Row>([
    {
      name: 'the plan goes before what never expires',
      steps: [grant('03-02', '50'), use('03-03', 30)],
      balance: '120',
      grants: ['plan:70', 'promotion:50'],
    },
    {
      name: 'the plan goes before what expires sooner',
      steps: [grant('03-02', '50', inMarch), use('03-03', 30)],
      balance: '120',
      grants: ['plan:70', 'promotion:50'],
    },
    {
      name: 'what expires goes before what never does',
      steps: [grant('03-02', '50'), grant('03-02', '40', inMarch), use('03-03', 110)],
      balance: '80',
      grants: ['plan:0', 'promotion:30', 'promotion:50'],
    },
    {
      name: 'what expires sooner goes first',
      steps: [grant('03-02', '50', { expiresAtMs: ms('03-25') }), grant('03-02', '40', inMarch), use('03-03', 120)],
      balance: '70',
      grants: ['plan:0', 'promotion:20', 'promotion:50'],
    },
    {
      name: 'a stated priority beats expiry',
      steps: [grant('03-02', '50', { priority: 1 }), use('03-03', 30)],
      balance: '120',
      grants: ['promotion:20', 'plan:100'],
    },
    {
      name: 'priority zero is first of all',
      steps: [grant('03-02', '50', { priority: 1 }), grant('03-02', '5', { priority: 0 }), use('03-03', 6)],
      balance: '149',
      grants: ['promotion:49', 'plan:100'],
    },
    {
      name: 'promotional goes before paid at one priority',
      steps: [grant('03-02', '50', { source: 'purchase' }), grant('03-03', '40'), use('03-04', 120)],
      balance: '70',
      grants: ['plan:0', 'promotion:20', 'purchase:50'],
    },
    {
      name: 'the earlier start goes first',
      steps: [grant('03-02', '50', { effectiveAtMs: ms('03-05') }), grant('03-03', '40'), use('03-06', 120)],
      balance: '70',
      grants: ['plan:0', 'promotion:20', 'promotion:50'],
    },
    {
      name: 'the order of the stream is last',
      steps: [grant('03-02', '50'), grant('03-02', '40'), use('03-03', 120)],
      balance: '70',
      grants: ['plan:0', 'promotion:30', 'promotion:40'],
    },
    {
      name: 'a draw may take several grants to their end',
      steps: [grant('03-02', '10', inMarch), grant('03-02', '10'), use('03-03', 120)],
      balance: '0',
      overdraft: '0',
    },
    {
      name: 'a bonus goes before the credits it came with',
      steps: [buy('03-02'), use('03-03', 150)],
      balance: '1050',
      grants: ['plan:0', 'bonus:50', 'purchase:1000'],
    },
  ])('$name', check);
});

describe('expiry', () => {
  it.each<Row>([
    {
      name: 'what is left of a grant ends at its instant',
      steps: [grant('03-02', '50', inMarch), pass('03-20')],
      balance: '100',
      expired: '50',
    },
    {
      name: 'not a millisecond before',
      steps: [grant('03-02', '50', inMarch), pass('03-19T23:59')],
      balance: '150',
      expired: '0',
    },
    {
      name: 'usage at the very instant takes it back: it expired at its usage time',
      steps: [grant('03-02', '50', { ...inMarch, priority: 1 }), use('03-20', 10)],
      balance: '100',
      expired: '40',
    },
    {
      name: 'usage just before it draws it',
      steps: [grant('03-02', '50', { ...inMarch, priority: 1 }), use('03-19T23:59', 10), pass('03-20')],
      balance: '100',
      expired: '40',
    },
    {
      name: 'usage from before that arrives after takes its expiry back',
      steps: [grant('03-02', '50', { ...inMarch, priority: 1 }), use('03-21', 0), use('03-19', 10, '03-21')],
      balance: '100',
      expired: '40',
      used: '10',
    },
    {
      name: 'no more than what expired',
      steps: [grant('03-02', '50', { ...inMarch, priority: 1 }), use('03-21', 0), use('03-19', 60, '03-21')],
      balance: '90',
      expired: '0',
      used: '60',
    },
    {
      name: 'usage from after the expiry does not',
      steps: [grant('03-02', '50', { ...inMarch, priority: 1 }), use('03-22', 0), use('03-20T00:01', 10, '03-22')],
      balance: '90',
      expired: '50',
    },
    {
      name: 'two grants that expired are taken back in drawing order',
      steps: [
        grant('03-02', '5', { ...inMarch, priority: 2 }),
        grant('03-02', '50', { ...inMarch, priority: 1 }),
        use('03-21', 0),
        use('03-19', 52, '03-21'),
      ],
      balance: '100',
      expired: '3',
    },
    {
      name: 'a used-up grant expires for nothing',
      steps: [grant('03-02', '50', { ...inMarch, priority: 1 }), use('03-03', 50), pass('03-20')],
      balance: '100',
      expired: '0',
    },
    {
      name: 'expiry of an old cycle is not taken back by a new one’s usage',
      steps: [pass('04-02'), use('04-01T10:00', 10, '04-02')],
      balance: '90',
      used: '10',
    },
    {
      name: 'a grant beyond the cycle’s end stays',
      steps: [grant('03-02', '50', { expiresAtMs: ms('04-10') }), pass('04-02')],
      balance: '150',
      opening: '50',
    },
    {
      name: 'a grant that ends with the cycle ends once',
      steps: [grant('03-02', '50', { expiresAtMs: ms('04-01') }), pass('04-02')],
      balance: '100',
      opening: '0',
    },
  ])('$name', check);
});

describe('grants that start, recur or are taken back', () => {
  it.each<Row>([
    {
      name: 'a grant counts from its time on',
      steps: [grant('03-02', '50', { effectiveAtMs: ms('03-05') })],
      balance: '100',
      granted: '100',
    },
    {
      name: 'and then it does',
      steps: [grant('03-02', '50', { effectiveAtMs: ms('03-05') }), pass('03-05')],
      balance: '150',
      granted: '150',
    },
    {
      name: 'it counts in the cycle in which it starts',
      steps: [grant('03-02', '50', { effectiveAtMs: ms('04-05') }), pass('04-05')],
      balance: '150',
      granted: '150',
      opening: '0',
    },
    {
      name: 'a scheduled grant pays overdraft when it starts',
      steps: [grant('03-02', '50', { effectiveAtMs: ms('03-05') }), use('03-03', 130), pass('03-05')],
      balance: '20',
      overdraft: '0',
    },
    {
      name: 'a scheduled grant may be voided',
      steps: [grant('03-02', '50', { effectiveAtMs: ms('03-05') }), voidNth('03-03', 0), pass('03-06')],
      balance: '100',
    },
    {
      name: 'a void takes what is left',
      steps: [grant('03-02', '50', { priority: 1 }), use('03-03', 20), voidNth('03-04', 0)],
      balance: '100',
      used: '20',
    },
    {
      name: 'a void in the middle of the cycle leaves the rest of the order',
      steps: [grant('03-02', '50', { priority: 1 }), voidNth('03-03', 0), use('03-04', 20)],
      balance: '80',
      grants: ['plan:80'],
    },
    {
      name: 'a voided grant is void',
      steps: [
        grant('03-02', '50'),
        voidNth('03-03', 0),
        command('03-04', { kind: 'VoidGrant', grant: 'g-1-0' }, 'UnknownGrant'),
      ],
      balance: '100',
    },
    {
      name: 'a recurring grant fills up, and does not pile up',
      steps: [
        grant('03-02', '10', { priority: 1, recurrence: { every: 'P1D', anchorMs: null } }),
        use('03-02T12:00', 4),
        pass('03-03'),
      ],
      balance: '110',
      granted: '114',
    },
    {
      name: 'a full one gets nothing',
      steps: [grant('03-02', '10', { priority: 1, recurrence: { every: 'P1D', anchorMs: null } }), pass('03-09')],
      balance: '110',
      granted: '110',
    },
    {
      name: 'a refill pays overdraft first',
      steps: [
        grant('03-02', '10', { priority: 1, recurrence: { every: 'P1D', anchorMs: null } }),
        use('03-02T12:00', 114),
        pass('03-03'),
      ],
      balance: '6',
      overdraft: '0',
    },
    {
      name: 'a monthly one on the 31st comes on the last day',
      steps: [
        grant('03-31', '10', { priority: 1, recurrence: { every: 'P1M', anchorMs: null } }),
        use('03-31T12:00', 4),
        pass('04-29T23:59'),
      ],
      balance: '106',
    },
    {
      name: 'and again on the 31st',
      steps: [
        grant('03-31', '10', { priority: 1, recurrence: { every: 'P1M', anchorMs: null } }),
        use('04-30T12:00', 4),
        pass('05-31'),
      ],
      balance: '110',
    },
    {
      name: 'a recurrence at the cycle’s end comes before the plan’s credits',
      steps: [
        grant('03-02', '10', { priority: 40, recurrence: { every: 'P1M', anchorMs: ms('04-01') } }),
        use('03-03', 115),
        pass('04-01'),
      ],
      balance: '105',
      overdraft: '0',
      grants: ['plan:100', 'promotion:5'],
    },
  ])('$name', check);
});

describe('overdraft', () => {
  it.each<Row>([
    { name: 'usage overdraws what no grant covers', steps: [use('03-02', 130)], balance: '-30', overdraft: '30' },
    {
      name: 'a top-up pays it first',
      steps: [use('03-02', 130), grant('03-03', '50')],
      balance: '20',
      overdraft: '0',
      grants: ['plan:0', 'promotion:20'],
    },
    {
      name: 'a small top-up pays a part',
      steps: [use('03-02', 130), grant('03-03', '20')],
      balance: '-10',
      overdraft: '10',
    },
    {
      name: 'it is carried into the next cycle and paid by the plan',
      steps: [use('03-02', 130), pass('04-01')],
      balance: '70',
      opening: '-30',
      overdraft: '0',
    },
    {
      name: 'more than the plan can pay is carried on',
      steps: [use('03-02', 330), pass('04-01')],
      balance: '-130',
      overdraft: '130',
    },
    { name: 'and on', steps: [use('03-02', 330), pass('05-01')], balance: '-30', overdraft: '30' },
    {
      name: 'it is forgiven where the plan says so',
      on: 'forgiving',
      steps: [use('03-02', 130), pass('04-01')],
      balance: '100',
      opening: '0',
      overdraft: '0',
    },
    {
      name: 'late usage after the end overdraws what the new plan has',
      steps: [use('03-02', 100), pass('04-01T00:10'), use('03-31', 30, '04-01T00:20')],
      balance: '70',
      opening: '-30',
    },
    {
      name: 'late usage after the close is the new cycle’s',
      steps: [use('03-02', 100), pass('04-01T01:00'), use('03-31', 30, '04-01T02:00')],
      balance: '70',
      opening: '0',
      used: '30',
    },
    { name: 'a negative adjustment overdraws too', steps: [adjust('03-02', -130n)], balance: '-30', overdraft: '30' },
    {
      name: 'a positive one pays',
      steps: [adjust('03-02', -130n), adjust('03-03', 40n)],
      balance: '10',
      overdraft: '0',
    },
    {
      name: 'two top-ups pay in their order',
      steps: [use('03-02', 130), grant('03-03', '10'), grant('03-03', '25')],
      balance: '5',
      grants: ['plan:0', 'promotion:5'],
    },
    {
      name: 'a purchase pays, and its bonus the rest',
      steps: [use('03-02', 1150), buy('03-03')],
      balance: '50',
      overdraft: '0',
      grants: ['plan:0', 'bonus:50'],
    },
  ])('$name', check);
});

describe('cycle change', () => {
  it.each<Row>([
    {
      name: 'unused plan credits end with the cycle',
      steps: [use('03-02', 30), pass('04-01')],
      balance: '100',
      opening: '0',
      granted: '100',
    },
    {
      name: 'other credits are untouched',
      steps: [grant('03-02', '50'), pass('04-01')],
      balance: '150',
      opening: '50',
    },
    {
      name: 'capped: at most so much rolls over',
      on: 'capped',
      steps: [pass('04-01')],
      balance: '130',
      granted: '130',
      opening: '0',
    },
    { name: 'capped: less where less is left', on: 'capped', steps: [use('03-02', 90), pass('04-01')], balance: '110' },
    {
      name: 'capped: what rolled over is drawn first',
      on: 'capped',
      steps: [pass('04-01'), use('04-02', 40)],
      balance: '90',
      grants: ['plan:90'],
    },
    {
      name: 'capped: over several cycles the cap holds for all of it',
      on: 'capped',
      steps: [pass('05-01')],
      balance: '130',
    },
    {
      name: 'capped: for so many cycles only',
      on: 'capped',
      steps: [pass('04-01'), plan('04-02', 'none', 'cycle-end'), pass('06-01')],
      balance: '0',
    },
    { name: 'a share of what the plan includes', on: 'half', steps: [use('03-02', 20), pass('04-01')], balance: '150' },
    { name: 'a share: less where less is left', on: 'half', steps: [use('03-02', 70), pass('04-01')], balance: '130' },
    { name: 'a pool that piles up', on: 'pooled', steps: [pass('08-01')], balance: '600' },
    {
      name: 'what rolled over is not taken back by late usage',
      on: 'capped',
      steps: [pass('04-01T00:10'), use('03-31', 80, '04-01T00:20')],
      balance: '120',
      used: '0',
    },
    {
      name: 'own terms: at least so much',
      steps: [
        grant('03-02', '50', { rollover: { minNanos: nanos('20'), maxNanos: null } }),
        use('03-03', 150),
        pass('04-01'),
      ],
      balance: '120',
    },
    {
      name: 'own terms: at most so much',
      steps: [grant('03-02', '50', { rollover: { minNanos: null, maxNanos: nanos('20') } }), pass('04-01')],
      balance: '120',
    },
    {
      name: 'own terms hold in every cycle',
      steps: [
        grant('03-02', '50', { rollover: { minNanos: null, maxNanos: nanos('20') } }),
        pass('04-01'),
        use('04-02', 110),
        pass('05-01'),
      ],
      balance: '110',
    },
    {
      name: 'a month skipped idle is passed in order',
      steps: [use('03-02', 30), pass('06-15')],
      balance: '100',
      opening: '0',
    },
    {
      name: 'closing twice changes nothing',
      steps: [use('03-02', 30), pass('04-01T01:00'), pass('04-01T01:00'), pass('04-02')],
      balance: '100',
    },
    {
      name: 'a plan change now grants the difference',
      steps: [use('03-02', 30), plan('03-03', 'large', 'now')],
      balance: '220',
      granted: '250',
    },
    {
      name: 'a smaller plan takes nothing back',
      on: 'large',
      steps: [plan('03-03', 'hundred', 'now')],
      balance: '250',
    },
    {
      name: 'and grants its own at the end',
      on: 'large',
      steps: [plan('03-03', 'hundred', 'now'), pass('04-01')],
      balance: '100',
    },
    {
      name: 'a plan change at the end waits for it',
      steps: [plan('03-03', 'large', 'cycle-end'), pass('03-31T23:59')],
      balance: '100',
    },
    { name: 'and is there then', steps: [plan('03-03', 'large', 'cycle-end'), pass('04-01')], balance: '250' },
    {
      name: 'changing forth and back grants once',
      steps: [plan('03-03', 'large', 'now'), plan('03-04', 'hundred', 'now'), plan('03-05', 'large', 'now')],
      balance: '250',
    },
    {
      name: 'a reset ends the cycle now',
      steps: [use('03-02', 30), reset('03-10')],
      balance: '100',
      opening: '0',
      granted: '100',
    },
    {
      name: 'a reset may forgive',
      steps: [use('03-02', 130), reset('03-10', 'forgive')],
      balance: '100',
      overdraft: '0',
    },
    {
      name: 'or carry against the plan',
      on: 'forgiving',
      steps: [use('03-02', 130), reset('03-10', 'carry')],
      balance: '70',
    },
    {
      name: 'after a reset the anchor stays',
      steps: [reset('03-10'), use('03-11', 10), pass('04-01')],
      balance: '100',
    },
    {
      name: 'or moves to the day of the reset',
      steps: [reset('03-10', null, 'now'), use('03-11', 10), pass('04-09')],
      balance: '90',
    },
    {
      name: 'a grant that expires at the instant of the reset expires once',
      steps: [grant('03-02', '50', { expiresAtMs: ms('03-10') }), reset('03-10')],
      balance: '100',
    },
  ])('$name', check);
});
