import type { Catalog, Meter, Rate } from '../../catalog/index.js';
import { dimensionsOf, measure, type MeterValue } from '../../meters/index.js';
import type { QuarantineReason, UsageEvent } from '../../usage-event/index.js';
import { seriesOf } from '../passing-time/accrue-gauges.js';
import type { DimensionPairs, SeriesPoint } from '../account-events.js';
import type { MeasuredLine } from './measured-line.js';

/** Why a usage event cannot be charged. */
export interface Refusal {
  readonly reason: QuarantineReason;
  readonly detail: string;
  /** The faulty field of the event (RFC 6901), where there is one. */
  readonly pointer?: string;
}

/** What the meters of a catalog say of one event, each with the rate that prices it. */
export interface MeasuredUsage {
  readonly pairs: DimensionPairs;
  /** Canonical text of the dimensions. */
  readonly key: string;
  readonly meters: readonly MeasuredMeter[];
}

interface MeasuredMeter {
  readonly meter: Meter;
  readonly rate: Rate;
  readonly value: MeterValue;
  readonly inputs: readonly bigint[] | null;
}

/** Measures an event and finds the rate of each meter: all of them, or the reason why none is charged. */
export function measureUsage(
  catalog: Catalog,
  event: UsageEvent,
  time: { readonly usageTimeMs: number; readonly plan: string },
): MeasuredUsage | Refusal {
  const known = catalog.metersOf(event.type);
  if (known.length === 0) {
    return { reason: 'UnknownEventType', detail: `no meter takes events of type ${event.type}`, pointer: '/type' };
  }
  const dimensions = dimensionsOf(catalog, event);
  if ('reason' in dimensions) return dimensions;
  const meters: MeasuredMeter[] = [];
  for (const meter of known) {
    const measured = measure(meter, event, dimensions);
    if (measured.kind === 'nothing') continue;
    if (measured.kind === 'refused') return measured;
    const rate = catalog.rateOf(time.plan, time.usageTimeMs, meter, dimensions);
    if (rate === undefined) return { reason: 'NoRate', detail: `no rate prices meter ${meter.key}`, pointer: '/type' };
    meters.push({ meter, rate, value: measured.value, inputs: measured.inputs ?? null });
  }
  if (meters.length === 0) {
    return { reason: 'NothingToMeter', detail: 'no meter has anything to say about this event', pointer: '/data' };
  }
  const pairs: DimensionPairs = [...dimensions];
  return { pairs, key: seriesOf(pairs), meters };
}

/** The line that a measured meter is charged as, in the cycle of its usage. */
export function lineOf(
  measured: MeasuredMeter,
  of: { readonly event: UsageEvent; readonly pairs: DimensionPairs; readonly usageTimeMs: number },
  denominator: bigint,
): MeasuredLine {
  const { meter, rate, value, inputs } = measured;
  const { aggregation } = meter;
  if (typeof value === 'string') return { aggregation, rate, denominator, valueUnits: 0n, value, point: null, inputs };
  const isSeries = aggregation === 'latest' || aggregation === 'time-weighted';
  const point = isSeries ? pointOf(meter, of, value) : null;
  return { aggregation, rate, denominator, valueUnits: value, value: null, point, inputs };
}

function pointOf(
  meter: Meter,
  of: { readonly event: UsageEvent; readonly pairs: DimensionPairs; readonly usageTimeMs: number },
  valueUnits: bigint,
): SeriesPoint {
  const { source, id, timeMs } = of.event;
  const names = meter.series;
  const series = seriesOf(names === undefined ? of.pairs : of.pairs.filter(([name]) => names.includes(name)));
  return { series, usageTimeMs: of.usageTimeMs, timeMs, source, id, valueUnits };
}
