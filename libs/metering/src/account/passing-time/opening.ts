import type { Plan } from '../../catalog/index.js';
import { addPeriod } from '../../time/index.js';
import type { AccountOpened, ClockKind, CommandRecord, CycleBounds, GrantTerms } from '../account-events.js';
import { defaultPriority } from '../evolve/drawing-order.js';
import { grantKind } from '../grants/grant-kind.js';
import { grantIds, planGrants } from './cycle-end.js';
import { grantEntry } from '../grants/pay-overdraft.js';
import { negativeLimitsOf } from '../rules/plan-terms.js';

export interface Opening {
  readonly organisation: string;
  readonly catalogVersion: number;
  /** Revision of the event: ids of its grants are made from it. */
  readonly revision: bigint;
  readonly anchorDay: number;
  readonly openedAtMs: number;
  readonly cycle: CycleBounds;
  readonly clock: ClockKind;
  readonly atMs: number;
  readonly command?: CommandRecord;
}

/** Opens an account on a plan: its first cycle begins, with the plan's included credits and its welcome. */
export function openingOf(plan: Plan, opening: Opening): AccountOpened {
  const { revision, ...rest } = opening;
  const nextId = grantIds(revision);
  const grants = [...planGrants(plan, opening.cycle, nextId), ...welcomeGrants(plan, opening.openedAtMs, nextId)];
  const entries = grants.map((grant) =>
    grantEntry(undefined, grant, { ...grantKind(grant), cycleStartMs: opening.cycle.startMs }),
  );
  return { type: 'AccountOpened', plan: plan.key, negativeLimits: negativeLimitsOf(plan), entries, ...rest };
}

const welcomeGrants = (plan: Plan, openedAtMs: number, nextId: () => string): GrantTerms[] =>
  plan.welcome.map(({ pool, amountNanos, expires }) => {
    const expiresAtMs = expires === null ? null : addPeriod(openedAtMs, expires);
    return {
      id: nextId(),
      pool,
      source: 'promotion',
      amountNanos,
      priority: defaultPriority('promotion', expiresAtMs),
      effectiveAtMs: openedAtMs,
      expiresAtMs,
      isPaid: false,
      isPlan: false,
      rollover: null,
      recurrence: null,
      cyclesLeft: null,
      purchase: null,
    };
  });
