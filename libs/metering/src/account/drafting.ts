import type { AccountEvent, CrossingCause, UsageCharged } from './account-events.js';
import type { AccountState } from './account-state.js';
import type { Catalog } from '../catalog/index.js';
import { nextInstantMs } from './passing-time/due-instants.js';
import { applyEvent, recordPlace } from './evolve/evolve.js';
import { quietDistance } from './rules/quiet-distance.js';
import { crossings } from './rules/thresholds.js';
import { rechargeRequests } from './rules/recharge.js';

/** A distance that is still exact as a number, after which it is asked for again. */
const QUIET_MAX = Number.MAX_SAFE_INTEGER;

/** A decision under way: the draft, the events that have led to it, and the revision that the next one will have. */
export class Drafting {
  readonly events: AccountEvent[] = [];
  private due: number | undefined;
  /** Nano-credits that usage may still move before thresholds have to be looked at; NaN: not known yet. */
  private quietNanos = Number.NaN;

  constructor(
    readonly draft: AccountState,
    readonly catalog: Catalog,
    private revision: bigint,
  ) {}

  get nextRevision(): bigint {
    return this.revision;
  }

  get wallet(): AccountState['wallet'] {
    return this.draft.wallet;
  }

  /** The earliest instant at which time itself changes the account; infinity when there is none. */
  get dueMs(): number {
    this.due ??= nextInstantMs(this.wallet, this.catalog.graceMs);
    return this.due;
  }

  push(event: AccountEvent): void {
    applyEvent(this.draft, event, this.revision);
    this.record(event);
  }

  /** For usage that was applied to the draft line by line. */
  pushFolded(event: UsageCharged): void {
    recordPlace(this.draft, event, this.revision);
    this.record(event);
  }

  /** Thresholds and auto-recharge, looked at after each usage event, each command and each completed instant. */
  react(by: CrossingCause, isSilent: boolean): void {
    for (const event of reactions(this, by, isSilent)) this.push(event);
  }

  /** Looks how far off thresholds are, where it is not known: before usage moves anything. */
  lookAhead(): void {
    if (!Number.isNaN(this.quietNanos)) return;
    const quietNanos = quietDistance(this.wallet, this.catalog);
    this.quietNanos = quietNanos > QUIET_MAX ? QUIET_MAX : Number(quietNanos);
  }

  /** True when usage that moved this much cannot have crossed anything: asked after each usage event. */
  isQuietAfter(movedNanos: number): boolean {
    this.quietNanos -= movedNanos;
    return this.quietNanos >= 0;
  }

  /** Whether `react` would say anything: asked before what was folded is written. */
  wouldReact(by: CrossingCause, isSilent: boolean): boolean {
    if (reactions(this, by, isSilent).length > 0) return true;
    this.quietNanos = Number.NaN;
    return false;
  }

  private record(event: AccountEvent): void {
    this.events.push(event);
    this.revision += 1n;
    this.due = undefined;
    this.quietNanos = Number.NaN;
  }
}

/** What thresholds and auto-recharge say to the draft as it stands. */
export const reactions = (drafting: Drafting, by: CrossingCause, isSilent: boolean): AccountEvent[] => [
  ...crossings(drafting.wallet, by, isSilent),
  ...(isSilent ? [] : rechargeRequests(drafting.wallet, drafting.catalog, by)),
];
