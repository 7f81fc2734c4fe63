import { IdentityHasher, SECRET_BYTES } from '@app/accounts';
import { describe, expect, it } from '@jest/globals';
import type { AccountCommand, AccountEvent } from '@app/metering';
import { AccountFixture, catalogFixture } from '@app/metering/testing';
import fc from 'fast-check';
import { AccountAudit } from './account-audit.js';

/** What the audit finds in a history. */
function findingsOf(events: readonly AccountEvent[], catalog = catalogFixture()): string[] {
  const found: string[] = [];
  const audit = new AccountAudit('acme', new IdentityHasher(new Uint8Array(SECRET_BYTES)));
  const report = (at: string) => (finding: { check: string; detail: string; stored?: string; recomputed?: string }) => {
    found.push(`${at} ${finding.check}: ${finding.detail} (${finding.stored} / ${finding.recomputed})`);
  };
  events.forEach((event, revision) =>
    audit.take(event, BigInt(revision), { catalog, report: report(`${revision} ${event.type}`) }),
  );
  audit.finish(report('end'));
  return found;
}

const NANOS = 1_000_000_000n;
const START_MS = Date.UTC(2026, 2, 1);
const timeOf = (hours: number): string => new Date(START_MS + hours * 3_600_000).toISOString();

type Step =
  | {
      readonly kind: 'use';
      readonly type: string;
      readonly value: number;
      readonly variant: number;
      readonly lateH: number;
    }
  | { readonly kind: 'command'; readonly choice: number; readonly amount: number }
  | { readonly kind: 'pass' };

const steps = fc.array(
  fc.record({
    hours: fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 0, max: 40 }) }, fc.integer({ min: 200, max: 900 })),
    step: fc.oneof<fc.Arbitrary<Step>[]>(
      fc.record({
        kind: fc.constant('use' as const),
        type: fc.constantFrom('llm', 'tool', 'peak', 'visit', 'seats', 'storage', 'gpu'),
        value: fc.integer({ min: 0, max: 60 }),
        variant: fc.integer({ min: 0, max: 2 }),
        lateH: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 800 })),
      }),
      fc.record({
        kind: fc.constant('command' as const),
        choice: fc.integer({ min: 0, max: 9 }),
        amount: fc.integer({ min: 1, max: 80 }),
      }),
      fc.constant({ kind: 'pass' as const }),
    ),
  }),
  { maxLength: 40 },
);

function dataOf({ value, variant }: { value: number; variant: number }) {
  const [model = 'small', hardware = 't4', person = 'ada'] =
    [
      ['large', 'a100', 'ada'],
      ['bulk', 't4', 'bob'],
      ['small', 't4', 'eve'],
    ][variant] ?? [];
  const data = { tokens: value * 97, model, size: value, person, seats: value, gigabytes: value, hardware };
  return { ...data, hours: '0.25', replicas: value, project: `p-${variant}` };
}

function commandOf(choice: number, amount: number, atH: number): AccountCommand {
  const amountNanos = BigInt(amount) * NANOS;
  const laterMs = START_MS + (atH + amount * 8) * 3_600_000;
  const grant = { kind: 'GrantCredits', pool: 'credits', amountNanos, source: 'promotion', priority: null } as const;
  const plain = { effectiveAtMs: null, expiresAtMs: null, recurrence: null, rollover: null };
  const commands: AccountCommand[] = [
    { ...grant, ...plain },
    { ...grant, ...plain, expiresAtMs: laterMs },
    { ...grant, ...plain, effectiveAtMs: laterMs },
    { ...grant, ...plain, recurrence: { every: 'P1W', anchorMs: null } },
    { ...grant, ...plain, rollover: { minNanos: null, maxNanos: amountNanos / 2n } },
    { kind: 'AdjustCredits', pool: 'credits', amountNanos: amount % 2 === 0 ? amountNanos : -amountNanos },
    {
      kind: 'ChangePlan',
      plan: amount % 2 === 0 ? 'rolling' : 'forgiving',
      at: amount % 3 === 0 ? 'now' : 'cycle-end',
    },
    { kind: 'ResetCycle', negative: amount % 2 === 0 ? 'forgive' : null, anchor: amount % 3 === 0 ? 'now' : 'keep' },
    { kind: 'PurchaseCredits', package: 'pack', quantityNanos: null, paymentReference: null, by: 'order' },
    { kind: 'VoidGrant', grant: `g-${amount % 7}-0` },
  ];
  return commands[choice] ?? { kind: 'PauseAccount' };
}

function live(account: AccountFixture, history: readonly { hours: number; step: Step }[]): void {
  let atH = 0;
  account.use({ id: 'first', type: 'tool', time: timeOf(0) });
  history.forEach(({ hours, step }, index) => {
    atH += hours;
    if (step.kind === 'pass') account.passTo(timeOf(atH));
    else if (step.kind === 'command') account.command(commandOf(step.choice, step.amount, atH), timeOf(atH));
    else {
      const time = timeOf(Math.max(0, atH - step.lateH));
      account.use({ id: `u-${index}`, type: step.type, time, at: timeOf(atH), data: dataOf(step) });
    }
  });
}

describe('AccountAudit', () => {
  it('finds nothing in whatever the deciders write (I1, I2, I4, I13, rating)', () => {
    fc.assert(
      fc.property(steps, (history) => {
        const account = new AccountFixture();
        live(account, history);
        expect(findingsOf(account.events)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('finds nothing in late usage that is cheaper than overdraft which was forgiven', () => {
    const account = new AccountFixture();
    const open = { kind: 'OpenAccount', anchorDay: 1, openedAtMs: null, manualClockMs: null } as const;
    account.command({ ...open, plan: 'forgiving' }, '2026-03-01T00:00:00Z');
    account.use({ id: 'many', type: 'seats', time: '2026-03-30T00:00:00Z', data: { seats: 10 } });
    const at = '2026-04-01T00:30:00Z';
    account.use({ id: 'few', type: 'seats', time: '2026-03-31T00:00:00Z', at, data: { seats: 1 } });
    expect(account.events.map(({ type }) => type)).toContain('CycleEnded');
    expect(findingsOf(account.events)).toEqual([]);
  });

  it('finds a gauge that the end of its cycle did not accrue', () => {
    const account = new AccountFixture();
    account.use({ id: 's', type: 'storage', time: timeOf(1), data: { gigabytes: 7 } });
    account.passTo(timeOf(24 * 40));
    const accrual = account.events.findIndex((event) => event.type === 'UsageCharged' && event.feed === null);
    expect(findingsOf(account.events.filter((_, index) => index !== accrual))).toContainEqual(
      expect.stringContaining('is not accrued'),
    );
  });
});
