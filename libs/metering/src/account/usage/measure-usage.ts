import type { Catalog, Meter, Rate } from '../../catalog/index.js';
import { dimensionsOf, measure, type Measurement } from '../../meters/index.js';
import type { QuarantineReason, UsageEvent } from '../../usage-event/index.js';
import { seriesOf } from '../passing-time/accrue-gauges.js';
import type { CycleBounds, DimensionPairs } from '../account-events.js';
import type { MeasuredLine, MeasuredLineValue } from './measured-line.js';

/** Why a usage event cannot be charged. */
export interface Refusal {
  readonly reason: QuarantineReason;
  readonly detail: string;
}

/** What the meters of a catalog say of one event. */
export interface MeasuredUsage {
  readonly pairs: DimensionPairs;
  /** Canonical text of the dimensions. */
  readonly key: string;
  linesIn(cycle: CycleBounds): MeasuredLine[];
}

/** Measures an event and finds the rate of each meter: all of them, or the reason why none is charged. */
export function measureUsage(
  catalog: Catalog,
  event: UsageEvent,
  place: { readonly usageTimeMs: number; readonly plan: string },
): MeasuredUsage | Refusal {
  const meters = catalog.metersOf(event.type);
  if (meters.length === 0) return { reason: 'UnknownEventType', detail: `no meter takes events of type ${event.type}` };
  const dimensions = dimensionsOf(catalog, event);
  if ('reason' in dimensions) return dimensions;
  const found: { meter: Meter; rate: Rate; measured: Measurement & { kind: 'value' } }[] = [];
  for (const meter of meters) {
    const measured = measure(meter, event, dimensions);
    if (measured.kind === 'nothing') continue;
    if (measured.kind === 'refused') return measured;
    const rate = catalog.rateOf(place.plan, place.usageTimeMs, meter, dimensions);
    if (rate === undefined) return { reason: 'NoRate', detail: `no rate prices meter ${meter.key}` };
    found.push({ meter, rate, measured });
  }
  if (found.length === 0) return { reason: 'NothingToMeter', detail: 'no meter has anything to say about this event' };
  const pairs: DimensionPairs = [...dimensions];
  return {
    pairs,
    key: seriesOf(pairs),
    linesIn: (cycle) =>
      found.map(({ meter, rate, measured }) => ({
        meter: meter.key,
        rate,
        denominator: catalog.denominatorIn(meter, cycle),
        ...(measured.inputs === undefined ? {} : { inputs: measured.inputs }),
        ...valueOf(meter, measured, { event, pairs, usageTimeMs: place.usageTimeMs }),
      })),
  };
}

function valueOf(
  meter: Meter,
  measured: Measurement & { kind: 'value' },
  at: { event: UsageEvent; pairs: DimensionPairs; usageTimeMs: number },
): MeasuredLineValue {
  const { aggregation } = meter;
  const { value } = measured;
  if (aggregation === 'unique') return { aggregation, value: String(value) };
  if (typeof value === 'string') throw new TypeError(`meter ${meter.key} measures numbers`);
  if (aggregation === 'latest' || aggregation === 'time-weighted') {
    const { source, id, timeMs } = at.event;
    const series = seriesOf(
      meter.series === undefined ? at.pairs : at.pairs.filter(([name]) => meter.series?.includes(name) === true),
    );
    return { aggregation, point: { series, usageTimeMs: at.usageTimeMs, timeMs, source, id, valueUnits: value } };
  }
  return { aggregation, valueUnits: value };
}
