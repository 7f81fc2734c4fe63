import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AccountFixture, catalogFixture, type UsageFixture } from '../testing/index.js';
import { formatTime } from '../time/index.js';
import type { AccountCommand } from './commands/account-commands.js';
import type { AccountEvent, Movement } from './account-events.js';
import type { AccountState, Pool } from './account-state.js';
import { applyEvent } from './evolve/evolve.js';
import { initialState } from './account-state.js';
import { drawsOfEvidence, entriesOf } from './reading/ledger.js';

const START_MS = Date.UTC(2026, 0, 20);
const HOUR_MS = 3_600_000;
const RUNS = Number(process.env['CREDITFOLD_PROPERTY_RUNS'] ?? 150);

interface UsageStep {
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
interface PassStep {
  readonly kind: 'pass';
  readonly isClosing: boolean;
}
type Step = (UsageStep | CommandStep | PassStep) & { readonly hoursOn: number };

const nanos = fc.integer({ min: 1, max: 200 }).map((n) => BigInt(n) * 1_000_000_000n);
const pool = fc.constantFrom('credits', 'runs');

const usage = fc.record({
  kind: fc.constant('usage' as const),
  id: fc.integer({ min: 0, max: 60 }),
  type: fc.constantFrom('llm', 'llm', 'llm', 'tool', 'peak', 'visit', 'seats', 'storage', 'gpu'),
  lateHours: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 900 })),
  amount: fc.integer({ min: 0, max: 3_000 }),
  model: fc.constantFrom('large', 'bulk', 'small'),
});

const command: fc.Arbitrary<AccountCommand> = fc.oneof(
  fc.record({
    kind: fc.constant('GrantCredits' as const),
    pool,
    amountNanos: nanos,
    source: fc.constantFrom('promotion' as const, 'purchase' as const),
    priority: fc.option(fc.integer({ min: 0, max: 40 })),
    effectiveAtMs: fc.option(fc.integer({ min: 0, max: 2_000 }).map((h) => START_MS + h * HOUR_MS)),
    expiresAtMs: fc.option(fc.integer({ min: 0, max: 4_000 }).map((h) => START_MS + h * HOUR_MS)),
    recurrence: fc.option(fc.record({ every: fc.constantFrom('P1D', 'P1W', 'P1M'), anchorMs: fc.constant(null) })),
    rollover: fc.option(fc.record({ minNanos: fc.option(nanos), maxNanos: fc.option(nanos) })),
  }),
  fc.record({
    kind: fc.constant('AdjustCredits' as const),
    pool,
    amountNanos: fc
      .integer({ min: -150, max: 150 })
      .filter((n) => n !== 0)
      .map((n) => BigInt(n) * 1_000_000_000n),
  }),
  // Ids hold the revision, which depends on batching: histories name grants and purchases by their order.
  fc.record({ kind: fc.constant('VoidGrant' as const), grant: fc.integer({ min: 0, max: 12 }).map(String) }),
  fc.record({
    kind: fc.constant('PurchaseCredits' as const),
    package: fc.constant('pack'),
    quantityNanos: fc.constant(null),
    paymentReference: fc.constant(null),
    by: fc.constant('order' as const),
  }),
  fc.record({
    kind: fc.constant('RefundPurchase' as const),
    purchase: fc.integer({ min: 0, max: 4 }).map(String),
    amountNanos: fc.option(nanos),
  }),
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
  fc.record({
    kind: fc.constant('PlaceHold' as const),
    id: fc.integer({ min: 0, max: 5 }).map((n) => `h${n}`),
    pool,
    amountNanos: nanos,
    expiresAtMs: fc.integer({ min: 1, max: 4_000 }).map((h) => START_MS + h * HOUR_MS),
  }),
  fc.record({
    kind: fc.constant('SettleHold' as const),
    hold: fc.integer({ min: 0, max: 5 }).map((n) => `h${n}`),
    amountNanos: nanos,
  }),
  fc.record({ kind: fc.constant('ReleaseHold' as const), hold: fc.integer({ min: 0, max: 5 }).map((n) => `h${n}`) }),
  fc.record({ kind: fc.constant('SetNegativeLimit' as const), pool, limitNanos: nanos }),
);

const step: fc.Arbitrary<Step> = fc
  .tuple(
    fc.oneof(
      { weight: 8, arbitrary: usage },
      { weight: 3, arbitrary: command.map((c) => ({ kind: 'command' as const, command: c })) },
      { weight: 1, arbitrary: fc.boolean().map((isClosing) => ({ kind: 'pass' as const, isClosing })) },
    ),
    fc.oneof(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 400 })),
  )
  .map(([s, hoursOn]) => ({ ...s, hoursOn }));

const history = fc.array(step, { minLength: 5, maxLength: 60 });

/** How whole quantities are written: as a number, or as a string, which plain numbers never charge. */
type Written = (quantity: number) => number | string;

function fixtureOf(s: UsageStep, nowMs: number, written: Written): UsageFixture {
  const fields: Record<string, Record<string, string | number>> = {
    llm: { tokens: written(s.amount), model: s.model },
    tool: {},
    peak: { size: s.amount % 50 },
    visit: { person: `p${s.amount % 5}` },
    seats: { seats: s.amount % 9, project: `p${s.id % 2}` },
    storage: { gigabytes: s.amount % 20, project: `p${s.id % 2}` },
    gpu: { hours: s.amount / 1000, replicas: 2, hardware: 't4' },
  };
  return {
    id: `e${s.id}`,
    type: s.type,
    time: formatTime(nowMs - s.lateHours * HOUR_MS),
    at: formatTime(nowMs),
    data: fields[s.type] ?? {},
  };
}

/** Runs a history; usage between two other steps is folded in batches of at most `batch` records. */
function run(steps: readonly Step[], batch: number, written: Written = (quantity) => quantity): AccountFixture {
  const account = new AccountFixture(catalogFixture());
  let nowMs = START_MS;
  let waiting: UsageFixture[] = [];
  const flush = (): void => {
    while (waiting.length > 0) account.use(...waiting.splice(0, batch));
  };
  account.use({ id: 'first', type: 'tool', time: formatTime(nowMs) });
  for (const s of steps) {
    nowMs += s.hoursOn * HOUR_MS;
    if (s.kind === 'usage') {
      waiting.push(fixtureOf(s, nowMs, written));
      continue;
    }
    flush();
    if (s.kind === 'command') account.command(named(account, s.command), formatTime(nowMs));
    else account.passTo(formatTime(nowMs));
  }
  flush();
  return account;
}

/** The n-th grant or purchase that commands have made so far. */
function named(account: AccountFixture, c: AccountCommand): AccountCommand {
  const ids = { CreditsGranted: [] as string[], CreditsPurchased: [] as string[] };
  for (const e of account.events)
    if (e.type === 'CreditsGranted' || e.type === 'CreditsPurchased') ids[e.type].push(e.command?.answer['id'] ?? '');
  if (c.kind === 'VoidGrant') return { ...c, grant: ids.CreditsGranted[Number(c.grant)] ?? 'none' };
  if (c.kind === 'RefundPurchase') return { ...c, purchase: ids.CreditsPurchased[Number(c.purchase)] ?? 'none' };
  return c;
}

const overPools = (state: AccountState, check: (p: Pool) => void): void => state.wallet.pools.forEach(check);

const sumOf = <T>(items: readonly T[], amount: (item: T) => bigint): bigint =>
  items.reduce((total, item) => total + amount(item), 0n);

/** Independent bookkeeping of I1: what each movement does to the sum of remainders and to overdraft. */
class Books {
  private readonly pools = new Map<string, { remainders: bigint; overdraft: bigint }>();

  add(event: AccountEvent): void {
    for (const entry of entriesOf(event)) {
      const before = this.balance(entry.pool);
      for (const movement of entry.movements) this.move(entry.pool, movement);
      if (this.balance(entry.pool) - before !== entry.amountNanos)
        throw new Error(`entry ${entry.type} is not what it moves`);
    }
    if (event.type === 'UsageCharged') for (const p of event.payments) this.move(p.pool, { kind: 'pay', ...p });
  }

  balance(key: string): bigint {
    const book = this.book(key);
    return book.remainders - book.overdraft;
  }

  book(key: string): { remainders: bigint; overdraft: bigint } {
    const book = this.pools.get(key) ?? { remainders: 0n, overdraft: 0n };
    this.pools.set(key, book);
    return book;
  }

  private move(key: string, m: Movement): void {
    const book = this.book(key);
    if (m.kind === 'grant') book.remainders += m.grant.amountNanos;
    else if (m.kind === 'start' || m.kind === 'refill' || m.kind === 'return' || m.kind === 'restore')
      book.remainders += m.amountNanos;
    else if (m.kind === 'draw' || m.kind === 'take' || m.kind === 'expire') book.remainders -= m.amountNanos;
    else if (m.kind === 'overdraw') book.overdraft += m.amountNanos;
    else if (m.kind === 'unowe' || m.kind === 'forgive') book.overdraft -= m.amountNanos;
    else if (m.kind === 'pay') {
      book.remainders -= m.amountNanos;
      book.overdraft -= m.amountNanos;
    }
  }
}

const plain = (value: unknown): unknown =>
  value instanceof Map
    ? [...value].map(([k, v]) => [k, plain(v)])
    : value instanceof Set
      ? [...value]
      : Array.isArray(value)
        ? value.map(plain)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .filter(([k]) => k !== 'owned')
                .map(([k, v]) => [k, plain(v)]),
            )
          : value;

describe('properties of an account over random histories', () => {
  it('I1 conservation: balance = Σ remainders − overdraft after every event, and no remainder beside overdraft', () => {
    fc.assert(
      fc.property(history, (steps) => {
        const account = run(steps, 7);
        const books = new Books();
        const state = initialState('acme');
        account.events.forEach((event, revision) => {
          books.add(event);
          applyEvent(state, event, BigInt(revision));
          overPools(state, (p) => {
            expect(sumOf(p.grants, (g) => g.remainingNanos) - sumOf(p.debts, (d) => d.owedNanos)).toBe(p.balanceNanos);
            expect(p.balanceNanos).toBe(books.balance(p.key));
            expect(p.overdraftNanos).toBe(books.book(p.key).overdraft);
            expect(p.grants.every((g) => g.remainingNanos >= 0n)).toBe(true);
          });
        });
        overPools(state, (p) => {
          const isBoth = p.overdraftNanos > 0n && sumOf(p.grants, (g) => g.remainingNanos) > 0n;
          expect(isBoth).toBe(false);
        });
      }),
      { numRuns: RUNS },
    );
  });

  it('I1 figures: opening + granted + refunded + adjusted − used − expired = balance', () => {
    fc.assert(
      fc.property(history, (steps) => {
        const account = run(steps, 5);
        for (const key of ['credits', 'runs']) {
          const p = account.pool(key);
          const net =
            p.openingNanos + p.grantedNanos + p.refundedNanos + p.adjustedNanos - p.usedNanos - p.expiredNanos;
          expect(net).toBe(p.balanceNanos);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('I6 determinism: the state folded from the stream equals the state that decided it', () => {
    fc.assert(
      fc.property(history, (steps) => {
        const account = run(steps, 4);
        expect(plain(account.replayed())).toEqual(plain(account.state));
      }),
      { numRuns: RUNS },
    );
  });

  it('I12 batching: any batches give the same balances, draws, groups and thresholds', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 1, max: 9 }), (steps, batch) => {
        const whole = run(steps, 1_000);
        const split = run(steps, batch);
        expect(summary(split)).toEqual(summary(whole));
      }),
      { numRuns: RUNS },
    );
  });

  it('I12 numbers: quantities charged in plain numbers and by the general rule give the same events', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 1, max: 30 }), (steps, batch) => {
        const [plainly, generally] = [run(steps, batch), run(steps, batch, String)];
        expect(generally.events.map(plain)).toEqual(plainly.events.map(plain));
        expect(plain(generally.state)).toEqual(plain(plainly.state));
      }),
      { numRuns: RUNS },
    );
  });

  it('I13 evidence: Σ evidence lines = groups = draws, by rate use, in every event', () => {
    fc.assert(
      fc.property(history, (steps) => {
        for (const event of run(steps, 6).events) {
          if (event.type !== 'UsageCharged') continue;
          event.uses.forEach((_, use) => {
            const lines = event.evidence.flatMap((line) => line.lines.filter((l) => l.use === use));
            const groups = event.groups.filter((g) => g.use === use);
            const draws = event.draws.filter((d) => d.use === use);
            expect(sumOf(draws, (d) => d.amountNanos)).toBe(sumOf(groups, (g) => g.creditsNanos));
            if (event.feed === null) return;
            expect(sumOf(groups, (g) => g.creditsNanos)).toBe(sumOf(lines, (l) => l.creditsNanos));
            expect(sumOf(groups, (g) => g.quantityNanos)).toBe(sumOf(lines, (l) => l.quantityNanos));
          });
          expect(event.groups.reduce((sum, g) => sum + g.firstEvents, 0)).toBe(event.evidence.length);
          expect(event.groups.reduce((sum, g) => sum + g.events, 0)).toBe(
            event.evidence.reduce((sum, { lines }) => sum + lines.length, 0),
          );
          for (const [index, lines] of drawsOfEvidence(event))
            lines.forEach(({ draws }, i) =>
              expect(sumOf(draws, (d) => d.amountNanos)).toBe(event.evidence[index]?.lines[i]?.creditsNanos),
            );
        }
      }),
      { numRuns: RUNS },
    );
  });
});

/** What must not depend on batching: pools, charges and draws by usage event, groups added up. */
function summary(account: AccountFixture): unknown {
  const groups = new Map<string, { credits: bigint; events: number; firstEvents: number }>();
  const charges: unknown[] = [];
  for (const event of account.events) {
    if (event.type !== 'UsageCharged') continue;
    for (const g of event.groups) {
      const use = event.uses[g.use];
      const key = JSON.stringify([use?.rate, use?.cycle, use?.outcome, event.dimensions[g.dimensions], g.hour]);
      const sums = groups.get(key) ?? { credits: 0n, events: 0, firstEvents: 0 };
      groups.set(key, {
        credits: sums.credits + g.creditsNanos,
        events: sums.events + g.events,
        firstEvents: sums.firstEvents + g.firstEvents,
      });
    }
    const draws = drawsOfEvidence(event);
    event.evidence.forEach((line, index) =>
      charges.push([line.id, line.offset, draws.get(index)?.map((l) => l.draws.map((d) => [d.from, d.amountNanos]))]),
    );
  }
  const pools = ['credits', 'runs'].map((key) => ({
    ...account.pool(key),
    grants: account.pool(key).grants.map((g) => [g.source, g.amountNanos, g.remainingNanos]),
  }));
  return { pools, groups: [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1)), charges };
}
