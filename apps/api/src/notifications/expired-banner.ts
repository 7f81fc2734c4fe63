import { formatTime } from '@app/metering';
import type { AccountState, EndedGrant, Pool, Wallet } from '@app/metering';
import type { Banner } from './banner.js';

/** A plan that costs nothing. */
export interface FreePlan {
  /** Pools of which credits of the cycle before the current one expired. */
  readonly expiredPools: ReadonlySet<string>;
}

/**
 * Free credits that have expired: promotional ones, or what a free plan included. In force while nothing took their
 * place (a purchase, another plan, other free credits); under a paid plan only until the cycle ends.
 */
export function expiredBanner({ wallet }: AccountState, pool: Pool, freePlan: FreePlan | null): Banner | null {
  const gift = newestExpiredGift(pool);
  if (gift !== undefined && !isReplaced(wallet, pool, gift.endedAtMs)) {
    const isPast = freePlan === null && gift.endedAtMs < cycleStartOf(wallet);
    if (!isPast) return bannerOf(pool, gift.terms.id, gift.endedAtMs);
  }
  return freePlan?.expiredPools.has(pool.key) === true ? allowanceBanner(wallet, pool) : null;
}

/** The new cycle's free credits take the place of the old one's as soon as they are used. */
function allowanceBanner(wallet: Wallet, pool: Pool): Banner | null {
  const startMs = cycleStartOf(wallet);
  const isUsed = (pool.figures.get(startMs)?.usedNanos ?? 0n) > 0n;
  return isUsed || isReplaced(wallet, pool, startMs) ? null : bannerOf(pool, formatTime(startMs), startMs);
}

const isReplaced = (wallet: Wallet, pool: Pool, endedAtMs: number): boolean =>
  pool.grants.some((grant) => grant.source === 'promotion' && grant.remainingNanos > 0n) ||
  [...wallet.purchases.values()].some(({ atMs }) => atMs >= endedAtMs) ||
  wallet.plans.some(({ fromMs }, index) => index > 0 && fromMs >= endedAtMs);

const cycleStartOf = (wallet: Wallet): number => wallet.cycles.at(-1)?.startMs ?? 0;

function newestExpiredGift(pool: Pool): EndedGrant | undefined {
  let newest: EndedGrant | undefined;
  for (const ended of pool.ended.values())
    if (isExpiredGift(ended) && (newest === undefined || ended.endedAtMs >= newest.endedAtMs)) newest = ended;
  return newest;
}

const isExpiredGift = ({ terms, endedAtMs }: EndedGrant): boolean =>
  terms.source === 'promotion' &&
  terms.recurrence === null &&
  terms.expiresAtMs !== null &&
  endedAtMs >= terms.expiresAtMs;

const bannerOf = (pool: Pool, what: string, endedAtMs: number): Banner => ({
  id: `expired-${what}`,
  kind: 'fixed',
  action: 'Upgrade plan',
  message: `The free credits of pool ${pool.key} have expired.`,
  pool: pool.key,
  threshold: null,
  at: formatTime(endedAtMs),
  cause: { kind: 'instant', of: what },
});
