import type { Catalog, Rate } from '../../catalog/index.js';
import { measure, plainUnitsOf, readDimensions, type Meter, type MeterValue } from '../../meters/index.js';
import type { QuarantineReason, UsageEvent } from '../../usage-event/index.js';
import type { DimensionPairs, SeriesPoint } from '../account-events.js';
import { seriesOf } from '../passing-time/accrue-gauges.js';
import type { MeasuredLine } from './measured-line.js';

/** Why a usage event cannot be charged. */
export interface Refusal {
  readonly reason: QuarantineReason;
  readonly detail: string;
  /** The faulty field of the event (RFC 6901), where there is one. */
  readonly pointer?: string;
}

/** What one meter says of an event, and the rate that prices it. */
export interface MeasuredMeter {
  meter: Meter;
  rate: Rate;
  /** In 10⁻⁹ units, where a plain number says it; else `value` does. */
  plainUnits: number | undefined;
  value: MeterValue;
  inputs: readonly bigint[] | null;
}

interface UsageTerms {
  readonly usageTimeMs: number;
  readonly plan: string;
}

/** What the meters say of one event alone, or why it would not be charged. */
export function measureUsage(catalog: Catalog, event: UsageEvent, terms: UsageTerms): UsageMeasure | Refusal {
  const said = new UsageMeasure(catalog);
  return said.read(event, terms) ?? said;
}

/** What the meters of a catalog say of one event after the other: its parts are used again for the next event. */
export class UsageMeasure {
  /** The event's values of the catalog's dimensions, in the catalog's order. */
  readonly values: (string | undefined)[] = [];
  readonly #meters: MeasuredMeter[] = [];
  #count = 0;

  constructor(private readonly catalog: Catalog) {}

  /** Meters that say something of the event last read. */
  get count(): number {
    return this.#count;
  }

  /** The n-th of these meters. */
  at(index: number): MeasuredMeter {
    const measured = index < this.#count ? this.#meters[index] : undefined;
    if (measured === undefined) throw new RangeError(`meter ${index} says nothing`);
    return measured;
  }

  get pairs(): DimensionPairs {
    return this.catalog.dimensions.flatMap((name, at) => {
      const value = this.values[at];
      return value === undefined ? [] : [[name, value] as const];
    });
  }

  /** Measures an event and finds the rate of each meter: all of them, or the reason why none is charged. */
  read(event: UsageEvent, terms: UsageTerms): Refusal | undefined {
    const { catalog } = this;
    this.#count = 0;
    const known = catalog.metersOf(event.type);
    if (known.length === 0)
      return { reason: 'UnknownEventType', detail: `no meter takes events of type ${event.type}`, pointer: '/type' };
    const refusal = readDimensions(catalog, event, this.values);
    if (refusal !== undefined) return refusal;
    for (const meter of known) {
      const refused = this.#readMeter(meter, event, terms);
      if (refused !== undefined) return refused;
    }
    return this.#count > 0
      ? undefined
      : { reason: 'NothingToMeter', detail: 'no meter has anything to say about this event', pointer: '/data' };
  }

  #readMeter(meter: Meter, event: UsageEvent, terms: UsageTerms): Refusal | undefined {
    const plainUnits = plainUnitsOf(meter, event);
    let value: MeterValue = 0n;
    let inputs: readonly bigint[] | null = null;
    if (plainUnits === undefined) {
      const measured = measure(meter, event, meter.factor === undefined ? NO_DIMENSIONS : new Map(this.pairs));
      if (measured.kind === 'nothing') return undefined;
      if (measured.kind === 'refused') return measured;
      ({ value } = measured);
      inputs = measured.inputs ?? null;
    }
    const rate = this.catalog.rateFor(terms.plan, terms.usageTimeMs, meter, this.values);
    if (rate === undefined) return { reason: 'NoRate', detail: `no rate prices meter ${meter.key}`, pointer: '/type' };
    const kept = this.#meters[this.#count];
    this.#count += 1;
    if (kept === undefined) this.#meters.push({ meter, rate, plainUnits, value, inputs });
    else {
      kept.meter = meter;
      kept.rate = rate;
      kept.plainUnits = plainUnits;
      kept.value = value;
      kept.inputs = inputs;
    }
    return undefined;
  }
}

const NO_DIMENSIONS: ReadonlyMap<string, string> = new Map();

/** The line that a measured meter is charged as, in the cycle of its usage. */
export function lineOf(
  measured: MeasuredMeter,
  of: { readonly event: UsageEvent; readonly said: UsageMeasure; readonly usageTimeMs: number },
  denominator: bigint,
): MeasuredLine {
  const { meter, rate, plainUnits, inputs } = measured;
  const { aggregation } = meter;
  const value = plainUnits === undefined ? measured.value : BigInt(plainUnits);
  if (typeof value === 'string') return { aggregation, rate, denominator, valueUnits: 0n, value, point: null, inputs };
  const isSeries = aggregation === 'latest' || aggregation === 'time-weighted';
  const point = isSeries ? pointOf(meter, of, value) : null;
  return { aggregation, rate, denominator, valueUnits: value, value: null, point, inputs };
}

function pointOf(
  meter: Meter,
  of: { readonly event: UsageEvent; readonly said: UsageMeasure; readonly usageTimeMs: number },
  valueUnits: bigint,
): SeriesPoint {
  const { source, id, timeMs } = of.event;
  const { pairs } = of.said;
  const names = meter.series;
  const series = seriesOf(names === undefined ? pairs : pairs.filter(([name]) => names.includes(name)));
  return { series, usageTimeMs: of.usageTimeMs, timeMs, source, id, valueUnits };
}
