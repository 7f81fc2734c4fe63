import { divideHalfEven } from '../../amounts/index.js';
import { costNanos } from '../../rating/index.js';
import type { EvidenceMeterLine, SeriesPoint } from '../account-events.js';
import type { AccountState, RateState } from '../account-state.js';
import type { ChargeBuilder } from './charge-builder.js';
import { drawLine } from './draw-line.js';
import { giveBack } from './give-back.js';
import { putLatest, putSample } from '../evolve/rate-state.js';
import type { MeasuredLine } from './measured-line.js';

const NANOS = 1_000_000_000n;

/** One measured line, where it is charged. */
interface Charging {
  readonly line: MeasuredLine;
  /** Index of the rate use. */
  readonly use: number;
  readonly usageTimeMs: number;
}

/** Charges one meter line to the draft: quantity, cumulative cost, draws; answers the evidence of it. */
export function chargeLine(draft: AccountState, builder: ChargeBuilder, charging: Charging): EvidenceMeterLine {
  const { line, use } = charging;
  const { denominator } = line;
  const { price } = line.rate;
  const rate = builder.rateState(draft, use);
  const before = rate.units;
  const costBefore = builder.costAt(use, rate, () => costNanos(price, before, denominator));
  step(rate, builder, charging);
  const costAfter = rate.units === before ? costBefore : costNanos(price, rate.units, denominator);
  builder.setCost(use, rate.units, costAfter);
  const asked = costAfter - costBefore;
  const given = asked >= 0n ? asked : giveBack(draft, builder, { use, rate, amountNanos: -asked });
  if (asked > 0n) drawLine(draft, builder, { use, rate, amountNanos: asked, usageTimeMs: charging.usageTimeMs });
  const isExact = denominator === NANOS;
  if (isExact && given === asked && line.inputs === null)
    return { use, quantityNanos: rate.units - before, creditsNanos: given };
  return {
    use,
    quantityNanos: toNanos(rate.units, denominator) - toNanos(before, denominator),
    creditsNanos: given,
    ...(given === asked ? {} : { cutNanos: given - asked }),
    ...(isExact ? {} : { deltaUnits: rate.units - before }),
    ...(line.inputs === null ? {} : { inputs: line.inputs }),
  };
}

const toNanos = (units: bigint, denominator: bigint): bigint => divideHalfEven(units * NANOS, denominator);

/** Moves the rate's cumulative quantity by what the event adds to its meter: Q(S ∪ {e}) − Q(S). */
function step(rate: RateState, builder: ChargeBuilder, { line, use }: Charging): void {
  const before = rate.units;
  switch (line.aggregation) {
    case 'count':
    case 'sum':
    case 'accrual':
      rate.units += line.valueUnits;
      if (line.denominator !== NANOS) builder.addExact(use, line.valueUnits);
      return;
    case 'max':
      if (line.valueUnits > rate.units) rate.units = line.valueUnits;
      if (line.denominator !== NANOS) builder.addExact(use, rate.units - before);
      return;
    case 'unique':
      stepUnique(rate, builder, { use, value: line.value ?? '' });
      return;
    case 'latest':
    case 'time-weighted':
      if (line.point !== null) stepSeries(rate, builder, { line, use, point: line.point });
  }
}

function stepUnique(rate: RateState, builder: ChargeBuilder, of: { use: number; value: string }): void {
  rate.values ??= new Set();
  if (rate.values.has(of.value)) return;
  rate.values.add(of.value);
  rate.units += NANOS;
  builder.samples.push({ use: of.use, deltaUnits: NANOS, value: of.value });
}

function stepSeries(
  rate: RateState,
  builder: ChargeBuilder,
  of: { line: MeasuredLine; use: number; point: SeriesPoint },
): void {
  const { use, point } = of;
  if (of.line.aggregation === 'latest') {
    const { deltaUnits, isKept } = putLatest(rate, point);
    rate.units += deltaUnits;
    if (isKept) builder.samples.push({ use, deltaUnits, point, isNewest: true });
    return;
  }
  const { outcome, cycle } = builder.useAt(use);
  rate.gauge = of.line.rate.meter.key;
  const deltaUnits = putSample(rate, point, outcome === 'charged' ? undefined : cycle.endMs);
  rate.units += deltaUnits;
  builder.samples.push({ use, deltaUnits, point });
}
