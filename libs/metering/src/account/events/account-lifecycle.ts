import type { CycleBounds, EventBase } from './event-base.js';

/** `history`: moved by a backfill's records alone; `live`; `manual`: a sandbox. */
export type ClockKind = 'history' | 'live' | 'manual';

export interface AccountOpened extends EventBase {
  readonly type: 'AccountOpened';
  readonly organisation: string;
  readonly plan: string;
  readonly anchorDay: number;
  readonly openedAtMs: number;
  readonly clock: ClockKind;
  readonly cycle: CycleBounds;
  readonly catalogVersion: number;
  readonly negativeLimits: readonly { readonly pool: string; readonly limitNanos: bigint }[];
}

/** The account's live clock begins (first live record or command on an account that only history has touched). */
export interface LiveClockStarted extends EventBase {
  readonly type: 'LiveClockStarted';
}

/** Scheduled grants reached their time. */
export interface GrantsStarted extends EventBase {
  readonly type: 'GrantsStarted';
}

export interface GrantsExpired extends EventBase {
  readonly type: 'GrantsExpired';
}

/** Recurring grants were filled up to their amount again. */
export interface GrantsRefilled extends EventBase {
  readonly type: 'GrantsRefilled';
  readonly refills: readonly { readonly grant: string; readonly nextAtMs: number }[];
}

/** A cycle's end: expiry, rollover, overdraft carried or forgiven, then the new cycle's plan credits, in this order. */
export interface CycleEnded extends EventBase {
  readonly type: 'CycleEnded';
  readonly ended: CycleBounds;
  readonly next: CycleBounds;
  readonly plan: string;
  readonly catalogVersion: number;
  readonly negative: readonly {
    readonly pool: string;
    readonly choice: 'carried' | 'forgiven';
    readonly amountNanos: bigint;
  }[];
  /** Recurring grants whose instant is the end itself. */
  readonly refills: readonly { readonly grant: string; readonly nextAtMs: number }[];
  /** New negative limits, where the plan changes with the cycle. */
  readonly negativeLimits: readonly { readonly pool: string; readonly limitNanos: bigint }[];
  /** True when a command ended the cycle before its time. */
  readonly isReset: boolean;
  readonly anchorDay: number;
}

/** The cycle takes no more late usage; its figures never change again. */
export interface CycleClosed extends EventBase {
  readonly type: 'CycleClosed';
  readonly cycle: CycleBounds;
  /** The written feed mark (or the clock of a history or sandbox account) that had passed end + grace. */
  readonly markMs: number;
  readonly pools: readonly { readonly pool: string; readonly closingNanos: bigint }[];
}

export interface PlanChanged extends EventBase {
  readonly type: 'PlanChanged';
  readonly plan: string;
  readonly effective: 'now' | 'cycle-end';
  readonly catalogVersion: number;
  readonly negativeLimits: readonly { readonly pool: string; readonly limitNanos: bigint }[];
}

export interface AccountPaused extends EventBase {
  readonly type: 'AccountPaused';
}
export interface AccountResumed extends EventBase {
  readonly type: 'AccountResumed';
}

export interface NegativeLimitSet extends EventBase {
  readonly type: 'NegativeLimitSet';
  readonly pool: string;
  readonly limitNanos: bigint;
}

/** A setting that no rule of the fold reads: channels, payment method, resources, dismissed banners. */
export interface AccountRecordPut extends EventBase {
  readonly type: 'AccountRecordPut';
  readonly record: string;
  readonly key: string;
  /** JSON text. */
  readonly value: string;
}

/** A sandbox's owner moved its clock. */
export interface ClockMoved extends EventBase {
  readonly type: 'ClockMoved';
}
