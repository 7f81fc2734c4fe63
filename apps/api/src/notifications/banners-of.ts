import { bannerRule, formatCredits } from '@app/metering';
import type { AccountState, Pool } from '@app/metering';
import type { CrossingItem } from '@app/read-models';
import type { Banner } from './banner.js';
import { expiredBanner } from './expired-banner.js';
import type { FreePlan } from './expired-banner.js';

/** Record of `AccountRecordPut` in which an account keeps the banners that somebody has dismissed. */
export const DISMISSED_RECORD = 'dismissed-banner';

/**
 * The banners in force. Of each pool the highest mark that is still reached: dismissing it says that the lower ones
 * were seen too, so that only a new crossing (another cycle, a top-up in between) brings one back.
 */
export function bannersOf(
  state: AccountState,
  crossings: readonly CrossingItem[],
  /** Null: the plan is paid for. */
  freePlan: FreePlan | null,
): readonly Banner[] {
  const banners: Banner[] = [];
  for (const pool of state.wallet.pools.values()) {
    const used = usedBanner(state, pool, crossings);
    if (used !== null) banners.push(used);
    const expired = expiredBanner(state, pool, freePlan);
    if (expired !== null) banners.push(expired);
  }
  return banners;
}

function usedBanner(state: AccountState, pool: Pool, crossings: readonly CrossingItem[]): Banner | null {
  const { wallet } = state;
  const name = bannerRule(pool.key);
  const rule = wallet.rules.get(`alert/${name}`);
  const cycleStartMs = wallet.cycles.at(-1)?.startMs;
  if (rule === undefined || rule.reachedCycleMs !== cycleStartMs) return null;
  let highest: bigint | undefined;
  for (const text of rule.reached) if (highest === undefined || BigInt(text) > highest) highest = BigInt(text);
  if (highest === undefined) return null;
  const threshold = formatCredits(highest);
  // The newest one: a mark that was re-armed has been crossed again.
  const crossing = crossings.find((each) => each.name === name && each.kind === 'alert' && each.value === threshold);
  if (crossing === undefined) return null;
  const isAll = threshold === '100';
  if (!isAll && (crossing.isSilent || isDismissed(state, pool.key, BigInt(crossing.revision)))) return null;
  return {
    id: `used-${crossing.revision}`,
    kind: isAll ? 'fixed' : 'removable',
    action: isAll ? 'Upgrade or top up plan' : 'Top up or upgrade',
    message: isAll ? `All of pool ${pool.key} is used.` : `${threshold} % of pool ${pool.key} is used.`,
    pool: pool.key,
    threshold,
    at: crossing.at,
    cause: { ...crossing.cause, revision: crossing.revision },
  };
}

/** Whether the newest banner that was dismissed of a pool is this one, or came after it. */
function isDismissed({ records }: AccountState, pool: string, revision: bigint): boolean {
  const text = records.get(`${DISMISSED_RECORD}/${pool}`);
  return text !== undefined && BigInt(JSON.parse(text) as string) >= revision;
}
