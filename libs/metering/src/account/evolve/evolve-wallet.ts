import type { AccountEvent, CycleBounds, LedgerEntry, UsageCharged } from '../account-events.js';
import type { Cycle, Pool, Wallet } from '../account-state.js';
import { applyRecharge, applyRule, recordRecharge } from './evolve-rules.js';
import { applyUsage } from './evolve-usage.js';
import { applyMovement, endGrant, figuresOf, ImpossibleEvent, poolOf } from './pool.js';
import { rearmRules } from '../rules/thresholds.js';

/** Folds one event into what the ledger, the balance and the gate need, in place. */
export function applyToWallet(wallet: Wallet, event: AccountEvent): void {
  if (event.atMs > wallet.ledgerTimeMs) wallet.ledgerTimeMs = event.atMs;
  if (event.type === 'UsageCharged') {
    applyUsage(wallet, event);
    return;
  }
  beforeEntries(wallet, event);
  for (const entry of event.entries) applyEntry(wallet, entry, event.atMs);
  afterEntries(wallet, event);
  if (event.entries.length > 0) rearmRules(wallet);
}

/** Applies one ledger entry: its movements, and the figure of its cycle. */
export function applyEntry(wallet: Wallet, entry: LedgerEntry, atMs: number): void {
  const pool = poolOf(wallet, entry.pool);
  for (const movement of entry.movements)
    applyMovement(wallet, pool, movement, { atMs, cycleStartMs: entry.cycleStartMs });
  addFigure(pool, entry);
}

function addFigure(pool: Pool, entry: LedgerEntry): void {
  if (entry.amountNanos === 0n) return;
  const figures = figuresOf(pool, entry.cycleStartMs);
  switch (entry.figure) {
    case 'granted':
      figures.grantedNanos += entry.amountNanos;
      return;
    case 'refunded':
      figures.refundedNanos += entry.amountNanos;
      return;
    case 'adjusted':
      figures.adjustedNanos += entry.amountNanos;
      return;
    case 'used':
      figures.usedNanos -= entry.amountNanos;
      return;
    case 'expired':
      figures.expiredNanos -= entry.amountNanos;
  }
}

function beforeEntries(wallet: Wallet, event: Exclude<AccountEvent, UsageCharged>): void {
  if (event.type === 'AccountOpened') {
    wallet.isOpen = true;
    wallet.organisation = event.organisation;
    wallet.plan = event.plan;
    wallet.plans = [{ fromMs: event.cycle.startMs, plan: event.plan }];
    wallet.anchorDay = event.anchorDay;
    wallet.openedAtMs = event.openedAtMs;
    wallet.clock = event.clock;
    wallet.cycles = [currentCycle(event.cycle, event.plan)];
    setLimits(wallet, event.negativeLimits);
  }
  if (event.type === 'CycleEnded') {
    const ended = wallet.cycles.pop();
    if (ended === undefined) throw new ImpossibleEvent('a cycle ends that never began');
    wallet.cycles.push({ ...ended, endMs: event.ended.endMs, isEnded: true });
    wallet.cycles.push(currentCycle(event.next, event.plan));
    if (event.plan !== wallet.plan) wallet.plans.push({ fromMs: event.next.startMs, plan: event.plan });
    wallet.plan = event.plan;
    wallet.pendingPlan = null;
    wallet.anchorDay = event.anchorDay;
    setLimits(wallet, event.negativeLimits);
  }
}

/** Field by field: copied by spread, each object gets a hidden class of its own, which is larger than the object. */
const currentCycle = ({ startMs, endMs }: CycleBounds, plan: string): Cycle => ({
  startMs,
  endMs,
  plan,
  isEnded: false,
  isClosed: false,
});

const setLimits = (wallet: Wallet, limits: readonly { pool: string; limitNanos: bigint }[]): void => {
  for (const { pool, limitNanos } of limits) poolOf(wallet, pool).negativeLimitNanos = limitNanos;
};

function afterEntries(wallet: Wallet, event: Exclude<AccountEvent, UsageCharged>): void {
  switch (event.type) {
    case 'LiveClockStarted':
      wallet.clock = 'live';
      return;
    case 'GrantsRefilled':
    case 'CycleEnded':
      for (const refill of event.refills) setRecurrence(wallet, refill.grant, refill.nextAtMs);
      return;
    case 'CycleClosed':
      closeCycle(wallet, event);
      return;
    case 'CreditsPurchased':
      recordPurchase(wallet, event);
      return;
    case 'GrantVoided':
      voidGrant(wallet, event.grant, event.atMs);
      return;
    case 'PlanChanged':
      if (event.effective === 'cycle-end') wallet.pendingPlan = event.plan;
      else {
        wallet.plan = event.plan;
        wallet.pendingPlan = null;
        wallet.plans.push({ fromMs: event.atMs, plan: event.plan });
        setLimits(wallet, event.negativeLimits);
      }
      return;
    case 'AccountPaused':
    case 'AccountResumed':
      wallet.isPaused = event.type === 'AccountPaused';
      return;
    case 'NegativeLimitSet':
      poolOf(wallet, event.pool).negativeLimitNanos = event.limitNanos;
      return;
    case 'HoldPlaced':
      wallet.holds.set(event.hold, {
        id: event.hold,
        pool: event.pool,
        amountNanos: event.amountNanos,
        expiresAtMs: event.expiresAtMs,
        placedAtMs: event.atMs,
      });
      poolOf(wallet, event.pool).heldNanos += event.amountNanos;
      return;
    case 'HoldEnded':
      endHold(wallet, event);
      return;
    case 'ThresholdRuleSet':
    case 'ThresholdReached':
      applyRule(wallet, event);
      return;
    case 'AutoRechargeSet':
    case 'RechargeRequested':
    case 'RechargeDeclined':
      applyRecharge(wallet, event);
      return;
    case 'AccountOpened':
    case 'UsageQuarantined':
    case 'GrantsStarted':
    case 'GrantsExpired':
    case 'CreditsGranted':
    case 'CreditsRefunded':
    case 'CreditsAdjusted':
    case 'AccountRecordPut':
    case 'ClockMoved':
  }
}

function setRecurrence(wallet: Wallet, id: string, nextAtMs: number): void {
  for (const pool of wallet.pools.values()) {
    const at = pool.grants.findIndex((grant) => grant.id === id);
    const grant = pool.grants[at];
    if (grant?.recurrence) pool.grants[at] = { ...grant, recurrence: { ...grant.recurrence, nextAtMs } };
  }
}

function closeCycle(wallet: Wallet, event: Extract<AccountEvent, { type: 'CycleClosed' }>): void {
  wallet.cycles = wallet.cycles.map((cycle) =>
    cycle.startMs === event.cycle.startMs && cycle.isEnded ? { ...cycle, isClosed: true } : cycle,
  );
  for (const { pool: key, closingNanos } of event.pools) {
    const pool = poolOf(wallet, key);
    pool.closedNanos = closingNanos;
    pool.figures.delete(event.cycle.startMs);
    for (const ended of pool.ended.values()) if (ended.cycleStartMs === event.cycle.startMs) ended.reversibleNanos = 0n;
  }
}

function recordPurchase(wallet: Wallet, event: Extract<AccountEvent, { type: 'CreditsPurchased' }>): void {
  const { purchase } = event;
  const grants = event.entries.flatMap((entry) =>
    entry.movements.flatMap((movement) => (movement.kind === 'grant' ? [movement.grant.id] : [])),
  );
  wallet.purchases.set(purchase.id, {
    id: purchase.id,
    package: purchase.package,
    grants,
    atMs: event.atMs,
    refundableUntilMs: purchase.refundableUntilMs,
    paymentReference: purchase.paymentReference,
    by: purchase.by,
  });
  if (purchase.by === 'recharge')
    recordRecharge(wallet, { id: purchase.id, amountMinor: purchase.price.amountMinor, atMs: event.atMs });
}

function voidGrant(wallet: Wallet, id: string, atMs: number): void {
  const cycleStartMs = wallet.cycles.at(-1)?.startMs ?? atMs;
  for (const pool of wallet.pools.values()) {
    pool.scheduled = pool.scheduled.filter((grant) => grant.id !== id);
    const grant = pool.grants.find((g) => g.id === id);
    if (grant !== undefined) endGrant(pool, grant, { atMs, cycleStartMs });
  }
}

/** Ended holds that a second settlement would be refused for. */
const ENDED_HOLDS_REMEMBERED = 20_000;

function endHold(wallet: Wallet, event: Extract<AccountEvent, { type: 'HoldEnded' }>): void {
  const hold = wallet.holds.get(event.hold);
  const pool = hold?.pool ?? wallet.endedHolds.get(event.hold)?.pool;
  if (pool === undefined) throw new ImpossibleEvent(`hold ${event.hold} was never placed`);
  if (hold !== undefined) poolOf(wallet, pool).heldNanos -= hold.amountNanos;
  wallet.holds.delete(event.hold);
  wallet.endedHolds.set(event.hold, { pool, how: event.how });
  const [oldest] = wallet.endedHolds.keys();
  if (wallet.endedHolds.size > ENDED_HOLDS_REMEMBERED && oldest !== undefined) wallet.endedHolds.delete(oldest);
}
