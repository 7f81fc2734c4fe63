import { HOUR_MS, type DrawRun, type RateUse, type UsageCharged, type UsageGroup, type Wallet } from '@app/metering';

/** One meter line of one usage event, before it is charged. */
export interface Line {
  readonly meter?: string;
  readonly usageTimeMs: number;
  readonly quantityNanos: bigint;
  readonly creditsNanos: bigint;
  readonly dimensions: Readonly<Record<string, string>>;
  /** Another meter's line of the usage event before. */
  readonly isFurther?: boolean;
}

const DAY_MS = 24 * HOUR_MS;
const POOL = 'credits';

/** The event that charges these lines, each to the cycle of its usage time. */
export function chargeOf(
  wallet: Wallet,
  lines: readonly Line[],
  { atMs, feed }: Pick<UsageCharged, 'atMs' | 'feed'>,
): UsageCharged {
  const uses: RateUse[] = [];
  const dimensions: (readonly (readonly [string, string])[])[] = [];
  const groups: UsageGroup[] = [];
  for (const line of lines) {
    const use = find(uses, useOf(wallet, line));
    const dimension = find(dimensions, Object.entries(line.dimensions));
    const hour = Math.floor(line.usageTimeMs / HOUR_MS);
    const group = groups.find((g) => g.use === use && g.dimensions === dimension && g.hour === hour);
    if (group === undefined)
      groups.push({
        use,
        dimensions: dimension,
        hour,
        events: 1,
        firstEvents: line.isFurther === true ? 0 : 1,
        quantityNanos: line.quantityNanos,
        creditsNanos: line.creditsNanos,
      });
    else {
      group.events++;
      if (line.isFurther !== true) group.firstEvents++;
      group.quantityNanos += line.quantityNanos;
      group.creditsNanos += line.creditsNanos;
    }
  }
  return {
    type: 'UsageCharged',
    atMs,
    feed,
    catalogVersion: 1,
    uses,
    dimensions,
    groups,
    draws: draw(wallet, uses, groups),
    samples: [],
    refundGrants: [],
    payments: [],
    days: [Math.floor(atMs / DAY_MS)],
    evidence: [],
  };
}

function useOf(wallet: Wallet, line: Line): RateUse {
  const { usageTimeMs } = line;
  const cycle =
    wallet.cycles.find(({ startMs, endMs }) => startMs <= usageTimeMs && usageTimeMs < endMs) ?? wallet.cycles.at(-1);
  if (cycle === undefined) throw new Error('the account has no cycle');
  const meter = line.meter ?? 'input-tokens';
  return {
    meter,
    pool: POOL,
    rate: `${meter}/*/${POOL}`,
    rateCard: 'standard',
    effectiveFromMs: 0,
    plan: 'pro',
    cycle: { startMs: cycle.startMs, endMs: cycle.endMs },
    outcome: cycle.isClosed ? 'adjusted' : cycle.isEnded ? 'late' : 'charged',
    isReversible: false,
  };
}

function draw(wallet: Wallet, uses: readonly RateUse[], groups: readonly UsageGroup[]): DrawRun[] {
  const draws: DrawRun[] = [];
  const grants = (wallet.pools.get(POOL)?.grants ?? []).map(({ id, remainingNanos }) => ({
    id,
    remainingNanos,
  }));
  uses.forEach((_, use) => {
    let left = groups.filter((g) => g.use === use).reduce((sum, g) => sum + g.creditsNanos, 0n);
    for (const grant of grants) {
      const amountNanos = grant.remainingNanos < left ? grant.remainingNanos : left;
      if (amountNanos <= 0n) continue;
      grant.remainingNanos -= amountNanos;
      left -= amountNanos;
      draws.push({ use, from: 'grant', grant: grant.id, amountNanos });
    }
    if (left > 0n) draws.push({ use, from: 'overdraft', grant: null, amountNanos: left });
  });
  return draws;
}

/** Index of an equal item, which is added when there is none. */
function find<T>(list: T[], item: T): number {
  const text = JSON.stringify(item);
  const at = list.findIndex((other) => JSON.stringify(other) === text);
  return at === -1 ? list.push(item) - 1 : at;
}
