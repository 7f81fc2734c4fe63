import { divideHalfEven, NANOS_PER_UNIT } from '../../amounts/index.js';
import type { Plan } from '../../catalog/index.js';
import { nextAnchor } from '../../time/index.js';
import { accrueGauges } from './accrue-gauges.js';
import type { CommandRecord, CycleEnded, GrantTerms, LedgerEntry } from '../account-events.js';
import type { Grant, Pool, Wallet } from '../account-state.js';
import { expiryEntry } from '../grants/expiry-entry.js';
import { refillsAt } from '../grants/refills.js';
import { cloneWallet } from '../evolve/clone-for-decision.js';
import type { Drafting } from '../drafting.js';
import { DEFAULT_PRIORITY } from '../evolve/drawing-order.js';
import { applyEntry } from '../evolve/evolve-wallet.js';
import { grantId } from '../grants/grant-id.js';
import { grantEntry } from '../grants/pay-overdraft.js';
import { negativeLimitsOf, planOf } from '../rules/plan-terms.js';
import { ImpossibleEvent } from '../evolve/pool.js';

/** `cyclesLeft` of credits that may be carried without limit. */
const CARRIED_FOR_EVER = 1_000_000;

/** What a reset command chose, instead of the plan's own rules. */
export interface CycleReset {
  readonly command: CommandRecord;
  readonly negative: 'carry' | 'forgive' | null;
  readonly anchorDay: number;
}

/**
 * Ends the current cycle at `atMs`: what gauges still owe, expiry, rollover, negative balance carried or forgiven,
 * recurring grants, then the new cycle's plan credits, in this order.
 */
export function endCycle(drafting: Drafting, at: { readonly atMs: number; readonly reset: CycleReset | null }): void {
  const { atMs, reset } = at;
  const { wallet, catalog } = drafting;
  const current = wallet.cycles.at(-1);
  if (current === undefined) throw new ImpossibleEvent('no cycle has begun');
  const ended = { startMs: current.startMs, endMs: atMs };
  accrueGauges(drafting, ended);
  const plan = wallet.pendingPlan ?? wallet.plan;
  const anchorDay = reset?.anchorDay ?? wallet.anchorDay;
  const next = { startMs: atMs, endMs: nextAnchor(atMs, anchorDay) };
  const work = new CycleWork(cloneWallet(wallet), atMs, grantIds(drafting.nextRevision));
  work.rollOver(planOf(catalog, wallet.plan), { ended: ended.startMs, next, isReset: reset !== null });
  const choice = reset?.negative ?? planOf(catalog, wallet.plan).negativeBalance;
  const negative = work.settleNegative(choice === 'forgive', ended.startMs);
  const refills = work.refill(next.startMs);
  work.grantPlan(planOf(catalog, plan), next);
  const event: CycleEnded = {
    type: 'CycleEnded',
    atMs,
    entries: work.entries,
    ended,
    next,
    plan,
    catalogVersion: catalog.version,
    negative,
    refills,
    negativeLimits: plan === wallet.plan ? [] : negativeLimitsOf(planOf(catalog, plan)),
    isReset: reset !== null,
    anchorDay,
    ...(reset === null ? {} : { command: reset.command }),
  };
  drafting.push(event);
}

/** Ids of the grants that the event with this revision makes. */
export function grantIds(revision: bigint): () => string {
  let index = 0;
  return () => grantId(revision, index++);
}

/** The plan's included credits for a cycle. */
export function planGrants(
  plan: Plan,
  cycle: { readonly startMs: number; readonly endMs: number },
  nextId: () => string,
): GrantTerms[] {
  return plan.included
    .filter((included) => included.amountNanos > 0n)
    .map((included) => ({
      id: nextId(),
      pool: included.pool,
      source: 'plan',
      amountNanos: included.amountNanos,
      priority: DEFAULT_PRIORITY.plan,
      effectiveAtMs: cycle.startMs,
      expiresAtMs: cycle.endMs,
      isPaid: false,
      isPlan: true,
      rollover: null,
      recurrence: null,
      cyclesLeft: null,
      purchase: null,
    }));
}

/** The entries of a cycle change, each applied to a scratch wallet so that the next one sees its effect. */
class CycleWork {
  readonly entries: LedgerEntry[] = [];

  constructor(
    private readonly scratch: Wallet,
    private readonly atMs: number,
    private readonly nextId: () => string,
  ) {}

  /** Expires what ends with the cycle, then carries over what the plan or the grant's own terms keep. */
  rollOver(plan: Plan, cycle: { ended: number; next: { startMs: number; endMs: number }; isReset: boolean }): void {
    for (const pool of this.scratch.pools.values()) {
      const kept = keptOf(pool, plan, this.atMs);
      for (const [grant, { keptNanos }] of kept) {
        const left = grant.remainingNanos;
        const as = { cycleStartMs: cycle.ended, keptNanos: keptNanos < left ? keptNanos : left };
        const cause = cycle.isReset ? 'cycle-reset' : 'cycle-end';
        this.add(expiryEntry(grant, { ...as, cause, type: cycle.isReset ? 'reset' : 'expiry' }));
      }
      for (const [grant, keeping] of kept)
        if (keeping.keptNanos > 0n) {
          const carried = rolledOver(grant, keeping, { ...cycle.next, id: this.nextId() });
          this.grant(carried, cycle.next.startMs);
        }
    }
  }

  /** Overdraft goes on into the next cycle, or is forgiven in the one that ends. */
  settleNegative(isForgiven: boolean, cycleStartMs: number): CycleEnded['negative'] {
    const negative: CycleEnded['negative'][number][] = [];
    for (const pool of this.scratch.pools.values()) {
      if (pool.overdraftNanos === 0n) continue;
      const amountNanos = pool.overdraftNanos;
      negative.push({ pool: pool.key, choice: isForgiven ? 'forgiven' : 'carried', amountNanos });
      if (!isForgiven) continue;
      const movements = pool.debts
        .filter((debt) => debt.owedNanos > 0n)
        .map(({ cycleStartMs: startMs, rate, owedNanos }) => ({
          kind: 'forgive' as const,
          debt: { cycleStartMs: startMs, rate },
          amountNanos: owedNanos,
        }));
      const entry = { type: 'adjustment', figure: 'adjusted', cause: 'forgiven' } as const;
      this.add({ ...entry, pool: pool.key, amountNanos, cycleStartMs, movements });
    }
    return negative;
  }

  refill(cycleStartMs: number): CycleEnded['refills'] {
    const { entries, refills } = refillsAt(this.scratch, this.atMs, cycleStartMs);
    this.entries.push(...entries);
    return refills;
  }

  grantPlan(plan: Plan, cycle: { readonly startMs: number; readonly endMs: number }): void {
    for (const grant of planGrants(plan, cycle, this.nextId)) this.grant(grant, cycle.startMs);
  }

  private grant(grant: GrantTerms, cycleStartMs: number): void {
    const kind =
      grant.source === 'rollover'
        ? ({ type: 'rollover', figure: 'granted', cause: 'rollover' } as const)
        : ({ type: 'grant', figure: 'granted', cause: grant.source } as const);
    this.add(grantEntry(this.scratch.pools.get(grant.pool), grant, { ...kind, cycleStartMs }));
  }

  private add(entry: LedgerEntry): void {
    applyEntry(this.scratch, entry, this.atMs);
    this.entries.push(entry);
  }
}

interface Keeping {
  readonly keptNanos: bigint;
  /** How many more cycles the plan may carry it; null where the plan's rule does not apply. */
  readonly cyclesLeft: number | null;
}

const NOTHING: Keeping = { keptNanos: 0n, cyclesLeft: null };

/** The grants that end with the cycle, in drawing order, and how much of each is kept. */
function keptOf(pool: Pool, plan: Plan, atMs: number): Map<Grant, Keeping> {
  const kept = new Map<Grant, Keeping>();
  for (const grant of pool.grants) {
    const hasTerms = grant.rollover !== null;
    const isDue = grant.expiresAtMs !== null && grant.expiresAtMs <= atMs;
    if (grant.isPlan || grant.cyclesLeft !== null || (isDue && !hasTerms)) kept.set(grant, NOTHING);
    else if (hasTerms) kept.set(grant, isDue ? NOTHING : { keptNanos: keptByTerms(grant), cyclesLeft: null });
  }
  keepByPlan(kept, pool, plan);
  return kept;
}

/** A grant's own terms: min(max, max(min, left)). */
function keptByTerms(grant: Grant): bigint {
  const least = grant.rollover?.minNanos ?? 0n;
  const raised = grant.remainingNanos > least ? grant.remainingNanos : least;
  const most = grant.rollover?.maxNanos ?? raised;
  return raised < most ? raised : most;
}

/** The plan's rule, for its own credits and for what it carried before; what may be carried longest is kept first. */
function keepByPlan(kept: Map<Grant, Keeping>, pool: Pool, plan: Plan): void {
  const included = plan.included.find((i) => i.pool === pool.key);
  if (included === undefined || included.rollover.model === 'none') return;
  const cycles = included.rollover.cycles ?? CARRIED_FOR_EVER;
  let room = capOf(included);
  const candidates = [...kept.keys()]
    .map((grant) => ({ grant, cyclesLeft: (grant.isPlan ? cycles : (grant.cyclesLeft ?? 0)) - 1 }))
    .filter(({ cyclesLeft }) => cyclesLeft >= 0)
    .toSorted((a, b) => b.cyclesLeft - a.cyclesLeft);
  for (const { grant, cyclesLeft } of candidates) {
    const keptNanos = grant.remainingNanos < room ? grant.remainingNanos : room;
    kept.set(grant, { keptNanos, cyclesLeft });
    room -= keptNanos;
  }
}

/** The most that the plan carries over: an amount, or a share of what it includes. */
function capOf(included: Plan['included'][number]): bigint {
  if (included.rollover.model === 'none') return 0n;
  if (included.rollover.maxNanos !== null) return included.rollover.maxNanos;
  return divideHalfEven(included.amountNanos * included.rollover.shareNanos, NANOS_PER_UNIT);
}

function rolledOver(
  grant: Grant,
  keeping: Keeping,
  to: { readonly id: string; readonly startMs: number; readonly endMs: number },
): GrantTerms {
  return {
    id: to.id,
    pool: grant.pool,
    source: 'rollover',
    amountNanos: keeping.keptNanos,
    priority: grant.priority,
    effectiveAtMs: to.startMs,
    expiresAtMs: keeping.cyclesLeft === null ? grant.expiresAtMs : to.endMs,
    isPaid: grant.isPaid,
    isPlan: false,
    rollover: grant.rollover,
    recurrence: grant.recurrence,
    cyclesLeft: keeping.cyclesLeft,
    purchase: grant.purchase,
  };
}
