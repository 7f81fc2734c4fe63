import type { DrawRun, UsageCharged } from '../account-events.js';
import type { AccountState, RateState } from '../account-state.js';
import { usageColumnsOf } from '../columns/usage-columns.js';
import { useOf } from './evolve-usage.js';
import { ImpossibleEvent } from './pool.js';
import { comparePoints, rateStateOf } from './rate-state.js';

/** Moves the cumulative quantities of the rates that an event used, and keeps what their meters have to remember. */
export function applyRates(state: AccountState, event: UsageCharged): void {
  const sampled = new Set(event.samples.map((sample) => sample.use));
  for (const [index, { quantities }] of usageColumnsOf(event).groups.byUse) {
    const use = useOf(event, index);
    const rate = rateStateOf(state, use.cycle.startMs, use.rate);
    if (!sampled.has(index)) rate.units += quantities.sum();
  }
  for (const sample of event.samples) {
    const use = useOf(event, sample.use);
    const rate = rateStateOf(state, use.cycle.startMs, use.rate);
    rate.units += sample.deltaUnits;
    if (sample.value !== undefined) (rate.values ??= new Set()).add(sample.value);
    if (sample.point === undefined) continue;
    rate.series ??= new Map();
    if (sample.isNewest === true) {
      rate.series.set(sample.point.series, [sample.point]);
      continue;
    }
    const points = rate.series.get(sample.point.series) ?? [];
    rate.gauge = use.meter;
    points.push(sample.point);
    rate.series.set(sample.point.series, points.toSorted(comparePoints));
  }
}

/** Keeps the draws of rates whose quantity may shrink. */
export function rememberDraws(state: AccountState, event: UsageCharged): void {
  for (const run of event.draws) {
    const use = useOf(event, run.use);
    if (use.isReversible) rememberDraw(rateStateOf(state, use.cycle.startMs, use.rate), run);
  }
}

/** Adds a draw to, or takes a reversal out of, the unreversed draws of a rate (newest last). */
export function rememberDraw(
  rate: Pick<RateState, 'draws'>,
  run: Pick<DrawRun, 'from' | 'grant' | 'amountNanos'>,
): void {
  rate.draws ??= [];
  if (run.amountNanos >= 0n) {
    const last = rate.draws.at(-1);
    if (last !== undefined && last.grant === run.grant) last.amountNanos += run.amountNanos;
    else rate.draws.push({ grant: run.grant, amountNanos: run.amountNanos });
    return;
  }
  let left = -run.amountNanos;
  while (left > 0n) {
    const last = rate.draws.at(-1);
    if (last === undefined) throw new ImpossibleEvent('more goes back than was drawn');
    const part = last.amountNanos < left ? last.amountNanos : left;
    last.amountNanos -= part;
    left -= part;
    if (last.amountNanos === 0n) rate.draws.pop();
  }
}

/** A refund reversed a draw, or overdraft was forgiven: a negative charge of its rate must not give it back again. */
export function forgetDraw(
  state: AccountState,
  draw: { readonly rate: string | null; readonly cycleStartMs: number; readonly grant: string | null },
  amountNanos: bigint,
): void {
  const known = draw.rate === null ? undefined : state.rates.get(draw.cycleStartMs)?.get(draw.rate);
  if (draw.rate === null || known === undefined || known.draws === null) return;
  const rate = rateStateOf(state, draw.cycleStartMs, draw.rate);
  let left = amountNanos;
  for (const kept of rate.draws?.toReversed() ?? []) {
    if (kept.grant !== draw.grant || left === 0n) continue;
    const part = kept.amountNanos < left ? kept.amountNanos : left;
    kept.amountNanos -= part;
    left -= part;
  }
  rate.draws = rate.draws?.filter((kept) => kept.amountNanos > 0n) ?? null;
}
