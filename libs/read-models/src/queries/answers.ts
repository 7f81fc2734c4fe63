/** The shapes of "Answers, by example" of the HTTP contract: amounts, quantities, revisions and positions are decimal texts. */

import type { LaneName } from '../generations/generation.js';

/** What an answer is based on. Of lists over several accounts, only the position is there. */
export interface AsOf {
  readonly revision: string | null;
  readonly position: string;
  readonly ledgerTime: string | null;
}

/** A page: `next` goes back as `after`; it is the read models' own mark, which the API seals. */
export interface Page<Item> {
  readonly asOf: AsOf;
  readonly next: string | null;
  readonly items: readonly Item[];
}

export interface PageRequest {
  /** 1 to `pageItemsMax`. */
  readonly limit: number;
  readonly after?: string | undefined;
}

export interface CycleAnswer {
  readonly start: string;
  readonly end: string;
}

export interface GrantAnswer {
  readonly id: string;
  readonly source: string;
  readonly priority: number;
  readonly amount: string;
  readonly remaining: string;
  readonly effectiveAt: string;
  readonly expiresAt: string | null;
}

export interface PoolAnswer {
  readonly pool: string;
  readonly opening: string;
  readonly granted: string;
  readonly refunded: string;
  readonly adjusted: string;
  readonly used: string;
  readonly expired: string;
  readonly balance: string;
  readonly held: string;
  readonly available: string;
  readonly overdraft: string;
  readonly negativeLimit: string;
  readonly status: 'green' | 'yellow' | 'red' | 'exhausted';
  /** Of balance + used, two places: 212 of 300 are `70.67`. */
  readonly percentUsed: string;
  readonly cycle: CycleAnswer;
  readonly resetAt: string;
  readonly grants: readonly GrantAnswer[];
}

export interface BalanceAnswer {
  readonly organisation: string;
  readonly plan: string;
  readonly state: 'active' | 'paused';
  readonly asOf: AsOf;
  readonly pools: readonly PoolAnswer[];
}

export interface BrokenDownBalance extends BalanceAnswer {
  /** By meter and pool, of the current cycle. */
  readonly breakdown: readonly (FiguresAnswer & { readonly meter: string; readonly pool: string })[];
}

export interface LedgerLineAnswer {
  readonly meter: string;
  readonly events: number;
  readonly quantity: string;
  readonly credits: string;
}

export interface LedgerItem {
  readonly id: string;
  readonly type: string;
  readonly pool: string;
  readonly amount: string;
  /** Null where the entry is restricted to one project. */
  readonly balanceAfter: string | null;
  readonly at: string;
  readonly recordedAt: string;
  readonly actor: string | null;
  readonly reason: string | null;
  readonly cause: string;
  readonly cycle: { readonly start: string };
  readonly grant: string | null;
  readonly resource: { readonly project: string | null; readonly session: string | null };
  readonly revision: string;
  readonly lines: readonly LedgerLineAnswer[];
}

export interface LedgerAnswer extends Page<LedgerItem> {
  readonly organisation: string;
}

export interface CreditsAnswer extends BalanceAnswer {
  readonly entries: readonly LedgerItem[];
  readonly next: string | null;
}

export interface UsageItem {
  readonly start: string;
  readonly end: string;
  readonly group: Readonly<Record<string, string | null>>;
  readonly events: number;
  readonly quantity: string;
  readonly credits: string;
}

export type UsageWindowName = 'hour' | 'day' | 'month';

export interface UsageAnswer extends Page<UsageItem> {
  readonly organisation: string;
  readonly from: string;
  readonly to: string;
  readonly window: UsageWindowName | null;
  readonly groupBy: readonly string[];
}

export interface FiguresAnswer {
  readonly events: number;
  readonly quantity: string;
  readonly credits: string;
}

export interface MonthlyMeter extends FiguresAnswer {
  readonly meter: string;
  readonly pool: string;
  readonly late: FiguresAnswer;
  readonly adjusted: FiguresAnswer;
  /** Usage of earlier, closed cycles that this cycle paid. */
  readonly adjustedFromEarlier: FiguresAnswer;
}

export interface MonthlyPool {
  readonly pool: string;
  readonly opening: string;
  readonly granted: string;
  readonly refunded: string;
  readonly adjusted: string;
  readonly used: string;
  readonly expired: string;
  readonly closing: string;
}

export interface MonthlyItem {
  readonly year: number;
  readonly month: number;
  readonly cycle: CycleAnswer;
  readonly closed: boolean;
  readonly pools: readonly MonthlyPool[];
  readonly meters: readonly MonthlyMeter[];
}

export interface MonthlyAnswer extends Page<MonthlyItem> {
  readonly organisation: string;
}

export interface TopItem {
  readonly rank: number;
  readonly value: string | null;
  readonly credits: string;
  readonly events: number;
  /** Only where one meter is asked for. */
  readonly quantity?: string;
  readonly share: string;
  readonly previous: { readonly credits: string };
  /** Null where there was nothing before. */
  readonly change: string | null;
}

export interface TopAnswer extends Page<TopItem> {
  readonly by: string;
  readonly from: string;
  readonly to: string;
  readonly total: { readonly credits: string; readonly events: number };
}

export interface OrganisationItem {
  readonly organisation: string;
  readonly plan: string;
  readonly state: 'active' | 'paused';
  readonly revision: string;
  readonly ledgerTime: string;
  readonly pools: readonly Omit<PoolAnswer, 'grants'>[];
}

export interface QuarantineItem {
  readonly id: string;
  readonly organisation: string | null;
  readonly reason: string;
  readonly detail: string;
  readonly source: string | null;
  readonly eventId: string | null;
  readonly time: string | null;
  readonly record: {
    readonly topic: string | null;
    readonly partition: number | null;
    readonly offset: string;
    readonly timestamp: string;
  };
  /** Of a conflict: keyed content hashes of the first event and of this one. */
  readonly hashes: { readonly first: string; readonly second: string } | null;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly quarantinedAt: string;
  readonly requeuedAt: string | null;
  readonly requeuedBy: string | null;
}

/** A quarantined record with what sending it again needs. */
export interface QuarantinedRecordAnswer extends QuarantineItem {
  /** First 64 KiB of the value, base64. */
  readonly payload: string | null;
  readonly key: string | null;
  readonly isAdjusting: boolean | null;
  /** The stream that holds it: the account's, or the partition's. */
  readonly stream: string;
  readonly revision: string;
}

export interface ProjectionLag {
  readonly name: LaneName;
  readonly position: string;
  readonly behind: number;
}
