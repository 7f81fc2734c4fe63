import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { applyEvent, drawsOfEvidence, feedKey, initialState } from '@app/metering';
import type { AccountEvent, AccountState, Pool, UsageCharged } from '@app/metering';
import type { AccountFixture } from '@app/metering/testing';
import { Books } from '../support/histories/books.js';
import { plain } from '../support/histories/plain.js';
import { runHistory } from '../support/histories/run-history.js';
import { history, type Step } from '../support/histories/steps.js';
import { summaryOf } from '../support/histories/summary.js';

/** Histories of each property; with the usual number, all together go through more than 100,000 generated steps. */
const RUNS = Number(process.env['CREDITFOLD_PROPERTY_RUNS'] ?? 470);
const STEPS_MIN = 100_000;
const FEED = feedKey({ topic: 'usage.v1', generation: 0, partition: 0 });

let generatedSteps = 0;
/** Types of events that histories led to. */
const met = new Set<AccountEvent['type']>();

/** Holds for every generated history; a counter-example is shrunk to the fewest steps. */
function holds(check: (steps: readonly Step[], batch: number) => void): void {
  fc.assert(
    fc.property(history, fc.integer({ min: 1, max: 9 }), (steps, batch) => {
      generatedSteps += steps.length;
      check(steps, batch);
    }),
    { numRuns: RUNS },
  );
}

const chargesOf = ({ events }: AccountFixture): UsageCharged[] =>
  events.filter((event): event is UsageCharged => event.type === 'UsageCharged');

const overPools = (state: AccountState, check: (pool: Pool) => void): void => state.wallet.pools.forEach(check);

const sumOf = <T>(items: readonly T[], amount: (item: T) => bigint): bigint =>
  items.reduce((total, item) => total + amount(item), 0n);

describe('an account over random histories of usage and commands', () => {
  afterAll(() => console.log(`${generatedSteps} generated steps`));

  it('I1 conservation: balance = Σ remainders − overdraft after every event, and no remainder beside overdraft', () => {
    holds((steps, batch) => {
      const account = runHistory(steps, batch);
      const books = new Books();
      const state = initialState('acme');
      account.events.forEach((event, revision) => {
        books.add(event);
        applyEvent(state, event, BigInt(revision));
        overPools(state, (pool) => {
          const remainders = sumOf(pool.grants, (grant) => grant.remainingNanos);
          const overdraft = sumOf(pool.debts, (debt) => debt.owedNanos);
          if (remainders - overdraft !== pool.balanceNanos) throw new Error(`balance of ${pool.key} at ${revision}`);
          if (pool.balanceNanos !== books.balance(pool.key)) throw new Error(`books of ${pool.key} at ${revision}`);
          if (pool.overdraftNanos !== books.of(pool.key).overdraft) throw new Error(`overdraft at ${revision}`);
          if (pool.grants.some((grant) => grant.remainingNanos < 0n)) throw new Error(`a grant below 0 at ${revision}`);
        });
      });
      overPools(state, (pool) => {
        const isBoth = pool.overdraftNanos > 0n && pool.grants.some((grant) => grant.remainingNanos > 0n);
        expect(isBoth).toBe(false);
      });
    });
  });

  it('I1 figures: opening + granted + refunded + adjusted − used − expired = balance', () => {
    holds((steps, batch) => {
      const account = runHistory(steps, batch);
      for (const key of ['credits', 'runs']) {
        const { openingNanos, grantedNanos, refundedNanos, adjustedNanos, usedNanos, expiredNanos, balanceNanos } =
          account.pool(key);
        expect(openingNanos + grantedNanos + refundedNanos + adjustedNanos - usedNanos - expiredNanos).toBe(
          balanceNanos,
        );
      }
    });
  });

  it('I2 effect once, I3 nothing is lost: each record is charged, quarantined, or a duplicate of a charged one', () => {
    holds((steps, batch) => {
      const account = runHistory(steps, batch);
      const lines = chargesOf(account).flatMap(({ evidence }) => evidence);
      const chargedBy = new Map(lines.map((line) => [line.offset, line]));
      const quarantined = new Set(
        account.events.flatMap((event) =>
          event.type === 'UsageQuarantined' ? event.records.map(({ offset }) => offset) : [],
        ),
      );
      const charged = new Set(lines.map((line) => keyOf(line, line.contentHash)));
      expect(charged.size).toBe(lines.length);
      for (const { offset, content } of account.fed) {
        const fates = Number(chargedBy.has(offset)) + Number(quarantined.has(offset));
        const isKnown = content.kind === 'event' && charged.has(keyOf(content.event, content.hash));
        expect([offset, fates === 1 || (fates === 0 && isKnown)]).toEqual([offset, true]);
      }
    });
  });

  it('I4 position: the folded offset is the last one decided, and what comes again changes nothing', () => {
    holds((steps, batch) => {
      const account = runHistory(steps, batch);
      const decided = account.events.flatMap((event) =>
        event.type === 'UsageCharged'
          ? event.evidence.map(({ offset }) => offset)
          : event.type === 'UsageQuarantined'
            ? event.records.map(({ offset }) => offset)
            : [],
      );
      expect(account.state.offsets.get(FEED)).toBe(decided.reduce((one, other) => (one > other ? one : other)));
      const charged = new Set(chargesOf(account).flatMap(({ evidence }) => evidence.map(({ offset }) => offset)));
      const before = account.events.length;
      const end = BigInt(account.fed.length);
      // Under new offsets: the producer sent it again, long ago or now.
      const again = account.fed.filter(({ offset }) => charged.has(offset));
      account.take(again.map((record, index) => ({ ...record, offset: end + BigInt(index) })));
      expect(account.events.length).toBe(before);
    });
  });

  it('I6 determinism: the state folded from the stream equals the state that decided it', () => {
    holds((steps, batch) => {
      const account = runHistory(steps, batch);
      for (const { type } of account.events) met.add(type);
      expect(plain(account.replayed())).toEqual(plain(account.state));
    });
  });

  it('I12 batching: any batches give the same balances, charges, draws, thresholds, requests and groups', () => {
    holds((steps, batch) => {
      expect(summaryOf(runHistory(steps, batch))).toEqual(summaryOf(runHistory(steps, 1_000)));
    });
  });

  it('I12 numbers: quantities charged in plain numbers and by the general rule give the same events', () => {
    holds((steps, batch) => {
      const [plainly, generally] = [runHistory(steps, batch), runHistory(steps, batch, String)];
      expect(generally.events.map(plain)).toEqual(plainly.events.map(plain));
      expect(plain(generally.state)).toEqual(plain(plainly.state));
    });
  });

  it('I13 evidence: Σ evidence lines = groups = draws, by rate use, in every event', () => {
    holds((steps, batch) => {
      for (const event of chargesOf(runHistory(steps, batch))) {
        expect(event.evidence.length + event.groups.length).toBeGreaterThan(0);
        expectEvidence(event);
      }
    });
  });

  it('these led to every kind of event but those of sandboxes, backfills and settings that no rule reads', () => {
    expect([...met].toSorted()).toEqual([
      'AccountOpened',
      'AccountPaused',
      'AccountResumed',
      'AutoRechargeSet',
      'CreditsAdjusted',
      'CreditsGranted',
      'CreditsPurchased',
      'CreditsRefunded',
      'CycleClosed',
      'CycleEnded',
      'GrantVoided',
      'GrantsExpired',
      'GrantsRefilled',
      'GrantsStarted',
      'HoldEnded',
      'HoldPlaced',
      'NegativeLimitSet',
      'PlanChanged',
      'RechargeDeclined',
      'RechargeRequested',
      'ThresholdReached',
      'ThresholdRuleSet',
      'UsageCharged',
      'UsageQuarantined',
    ]);
  });

  it(`these were more than ${STEPS_MIN} generated steps`, () => {
    expect(generatedSteps).toBeGreaterThan(STEPS_MIN);
  });
});

const keyOf = (
  { source, id, timeMs }: { source: string; id: string; timeMs: number },
  { contentLow }: { contentLow: number },
): string => `${source}/${id}/${contentLow}/${timeMs}`;

function expectEvidence(event: UsageCharged): void {
  event.uses.forEach((_, use) => {
    const lines = event.evidence.flatMap((line) => line.lines.filter((each) => each.use === use));
    const groups = event.groups.filter((group) => group.use === use);
    const draws = event.draws.filter((draw) => draw.use === use);
    expect(sumOf(draws, (draw) => draw.amountNanos)).toBe(sumOf(groups, (group) => group.creditsNanos));
    if (event.feed === null) return;
    expect(sumOf(groups, (group) => group.creditsNanos)).toBe(sumOf(lines, (line) => line.creditsNanos));
    expect(sumOf(groups, (group) => group.quantityNanos)).toBe(sumOf(lines, (line) => line.quantityNanos));
  });
  expect(event.groups.reduce((sum, group) => sum + group.firstEvents, 0)).toBe(event.evidence.length);
  expect(event.groups.reduce((sum, group) => sum + group.events, 0)).toBe(
    event.evidence.reduce((sum, { lines }) => sum + lines.length, 0),
  );
  for (const [index, lines] of drawsOfEvidence(event))
    lines.forEach(({ draws }, at) =>
      expect(sumOf(draws, (draw) => draw.amountNanos)).toBe(event.evidence[index]?.lines[at]?.creditsNanos),
    );
}
