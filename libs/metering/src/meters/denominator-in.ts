import type { Meter } from './meter.js';

const PER_MS = { second: 1_000n, minute: 60_000n, hour: 3_600_000n, day: 86_400_000n } as const;

/**
 * How many integer units make a quantity of 1 in one cycle. A gauge's integer quantity counts value units times
 * milliseconds; `per: month` is the cycle's own length. Source: semantics, Rating.
 */
export function denominatorIn(meter: Meter, cycleStartMs: number, cycleEndMs: number): bigint {
  if (meter.aggregation !== 'time-weighted') return meter.denominator;
  const per = meter.per ?? 'month';
  return meter.denominator * (per === 'month' ? BigInt(cycleEndMs - cycleStartMs) : PER_MS[per]);
}
