import { drawsOfEvidence } from '@app/metering';
import type { AccountEvent, UsageCharged } from '@app/metering';
import type { AccountFixture } from '@app/metering/testing';

/** What must not depend on batching (I12): balances, charges, draws, thresholds, requests, and groups added up. */
export function summaryOf(account: AccountFixture): unknown {
  const charged = account.events.filter((event): event is UsageCharged => event.type === 'UsageCharged');
  const pools = ['credits', 'runs'].map((key) => ({
    ...account.pool(key),
    // Ids hold the revision.
    grants: account.pool(key).grants.map((grant) => [grant.source, grant.amountNanos, grant.remainingNanos]),
  }));
  const { rules, recharge, isPaused, plan, ledgerTimeMs } = account.state.wallet;
  return {
    pools,
    charges: charged.flatMap(chargesOf),
    groups: groupsOf(charged),
    // By kind: what a batch quarantines stands before what else it decides.
    decisions: account.events
      .flatMap(decisionOf)
      .toSorted(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0)),
    rules,
    recharge,
    isPaused,
    plan,
    ledgerTimeMs,
  };
}

function chargesOf(event: UsageCharged): unknown[] {
  const draws = drawsOfEvidence(event);
  return event.evidence.map((line, index) => [
    line.id,
    line.offset,
    draws.get(index)?.map((each) => each.draws.map((draw) => [draw.from, draw.amountNanos])),
  ]);
}

type Decision = readonly [type: AccountEvent['type'], ...unknown[]];

/** Of what the fold and time decided beside charges, in order. */
function decisionOf(event: AccountEvent): Decision[] {
  const { type } = event;
  if (type === 'ThresholdReached') {
    const { rule, valueNanos, figureNanos, cycleStartMs, by, isSilent } = event;
    return [[type, rule, valueNanos, figureNanos, cycleStartMs, by, isSilent]];
  }
  if (type === 'RechargeRequested') return [[type, event.purchase, event.price, event.terms, event.by, event.atMs]];
  if (type === 'HoldEnded') return [[type, event.hold, event.how, event.atMs]];
  if (type === 'CycleEnded') return [[type, event.ended, event.negative, event.atMs]];
  if (type === 'CycleClosed') return [[type, event.cycle, event.pools, event.atMs]];
  if (type === 'UsageQuarantined') return event.records.map(({ offset, reason }) => [type, offset, reason]);
  return [];
}

function groupsOf(events: readonly UsageCharged[]): unknown {
  const groups = new Map<string, { credits: bigint; events: number; firstEvents: number }>();
  for (const event of events)
    for (const group of event.groups) {
      const use = event.uses[group.use];
      const dimensions = event.dimensions[group.dimensions];
      const key = JSON.stringify([use?.rate, use?.cycle, use?.outcome, dimensions, group.hour]);
      const sums = groups.get(key) ?? { credits: 0n, events: 0, firstEvents: 0 };
      groups.set(key, {
        credits: sums.credits + group.creditsNanos,
        events: sums.events + group.events,
        firstEvents: sums.firstEvents + group.firstEvents,
      });
    }
  return [...groups].toSorted(([one], [other]) => (one < other ? -1 : 1));
}
