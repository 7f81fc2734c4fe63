import type { ThresholdMark, ThresholdRule } from '../account-events.js';
import type { Pool } from '../account-state.js';

const PERCENT_NANOS = 1_000_000_000n;

/** Percent used at which every pool tells its users, without any alert set. */
export const BANNER_PERCENTS = [20, 50, 70, 80, 90, 100] as const;

const markOf = (valueNanos: bigint): ThresholdMark => ({ valueNanos, severity: null, channels: [] });
const BANNER_MARKS: readonly ThresholdMark[] = BANNER_PERCENTS.map((percent) =>
  markOf(BigInt(percent) * PERCENT_NANOS),
);

const BANNER = 'banner:';
const NEGATIVE_LIMIT = 'negative-limit:';

/** Name of the built-in rule behind the banners and e-mails of a pool. */
export const bannerRule = (pool: string): string => `${BANNER}${pool}`;
/** Name of the built-in rule that says that a pool has gone as far below zero as it may. */
export const negativeLimitRule = (pool: string): string => `${NEGATIVE_LIMIT}${pool}`;

/** Names that users' own alerts cannot have. */
export const isBuiltInRule = ({ kind, name }: { readonly kind: string; readonly name: string }): boolean =>
  kind === 'alert' && (name.startsWith(BANNER) || name.startsWith(NEGATIVE_LIMIT));

/**
 * The rules that every pool has by itself. They are made from the pool as it stands, not kept: only what was reached
 * is. A limit of zero has no rule of its own, because 100 % used says the same.
 */
export function builtInRules({ key, negativeLimitNanos }: Pool): ThresholdRule[] {
  const rules = [ruleOf(bannerRule(key), key, { basis: 'percent-used', marks: BANNER_MARKS })];
  if (negativeLimitNanos > 0n)
    rules.push(ruleOf(negativeLimitRule(key), key, { basis: 'balance', marks: [markOf(-negativeLimitNanos)] }));
  return rules;
}

/** What an event says of a built-in rule that was reached is enough to know the rule. */
export const builtInRuleOf = (name: string, pool: string): ThresholdRule =>
  ruleOf(name, pool, { basis: name.startsWith(BANNER) ? 'percent-used' : 'balance', marks: [] });

const ruleOf = (name: string, pool: string, more: Pick<ThresholdRule, 'basis' | 'marks'>): ThresholdRule => ({
  kind: 'alert',
  name,
  pool,
  limitNanos: null,
  scope: [],
  ...more,
});
