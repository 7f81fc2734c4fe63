import type { Plan } from '../../catalog/index.js';
import type { AccountOpened, ClockKind, CommandRecord, CycleBounds } from '../account-events.js';
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

/** Opens an account on a plan: its first cycle begins, with the plan's included credits. */
export function openingOf(plan: Plan, opening: Opening): AccountOpened {
  const { revision, ...rest } = opening;
  const entries = planGrants(plan, opening.cycle, grantIds(revision)).map((grant) =>
    grantEntry(undefined, grant, {
      type: 'grant',
      figure: 'granted',
      cause: 'plan',
      cycleStartMs: opening.cycle.startMs,
    }),
  );
  return { type: 'AccountOpened', plan: plan.key, negativeLimits: negativeLimitsOf(plan), entries, ...rest };
}
