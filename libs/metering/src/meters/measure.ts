import { NANOS_PER_UNIT } from '../amounts/decimal.js';
import { parseQuantity, type Quantity } from '../amounts/quantity.js';
import { decimalOfNumber } from '../json/decimal-of-number.js';
import { jsonPointer } from '../json/json-pointer.js';
import { ownValue, type JsonValue } from '../json/json-value.js';
import type { QuarantineReason } from '../usage-event/quarantine-reason.js';
import type { UsageEvent } from '../usage-event/usage-event.js';
import { dimensionValue } from './dimensions-of.js';
import type { Meter } from './meter.js';

/** What one event says to one meter: an integer in the meter's units (a count: 10^9), or the text of a `unique` meter. */
export type MeterValue = bigint | string;

export type Measurement =
  | { readonly kind: 'nothing' }
  | {
      readonly kind: 'value';
      readonly value: MeterValue;
      /** Of a product: the field values, then the factor, in nano-units. */
      readonly inputs?: readonly Quantity[];
    }
  | {
      readonly kind: 'refused';
      readonly reason: QuarantineReason;
      readonly detail: string;
      /** The faulty field of the event. */
      readonly pointer: string;
    };

const NOTHING: Measurement = { kind: 'nothing' };
const ONE: Measurement = { kind: 'value', value: NANOS_PER_UNIT };

const NANOS_IN_ONE = 1_000_000_000;

// Below this a number's nano-units are still an exact double.
const NANOS_IN_DOUBLE_MAX = 9_007_199;

/**
 * What a count or a sum of one field says of an event, where that is a whole number that is exact in 10⁻⁹ units: nearly
 * always. Undefined when only `measure` can say it, or that there is nothing.
 */
export function plainUnitsOf(meter: Meter, event: UsageEvent): number | undefined {
  if (meter.aggregation === 'count') return NANOS_IN_ONE;
  if (meter.aggregation !== 'sum' || meter.fields.length !== 1 || meter.factor !== undefined) return undefined;
  const raw = ownValue(event.data, meter.fields[0] ?? '');
  const isPlain = typeof raw === 'number' && raw >= 0 && raw <= NANOS_IN_DOUBLE_MAX && Number.isInteger(raw);
  // Adding zero makes zero of negative zero.
  return isPlain ? raw * NANOS_IN_ONE + 0 : undefined;
}

/**
 * The event's value for the meter: `nothing` when a value field is absent, else a value, or the reason to quarantine
 * the event. Quantities are decimals ≥ 0 of at most 30 digits before and 9 after the point, as number or string.
 */
export function measure(meter: Meter, event: UsageEvent, dimensions: ReadonlyMap<string, string>): Measurement {
  if (meter.aggregation === 'count') return ONE;
  if (meter.aggregation === 'unique') return distinctValue(meter, event);
  const [only] = meter.fields;
  if (only !== undefined && meter.fields.length === 1 && meter.factor === undefined) {
    const quantity = fieldOf(event, only);
    if (quantity === undefined) return NOTHING;
    return typeof quantity === 'bigint' ? { kind: 'value', value: quantity } : quantity;
  }
  return measureProduct(meter, event, dimensions);
}

function measureProduct(meter: Meter, event: UsageEvent, dimensions: ReadonlyMap<string, string>): Measurement {
  const inputs: Quantity[] = [];
  for (const field of meter.fields) {
    const quantity = fieldOf(event, field);
    if (quantity === undefined) return NOTHING;
    if (typeof quantity !== 'bigint') return quantity;
    inputs.push(quantity);
  }
  if (meter.factor !== undefined) {
    const { by, values } = meter.factor;
    const value = dimensions.get(by);
    const factor = value === undefined ? undefined : values.get(value);
    if (factor === undefined) {
      const shown = value === undefined ? 'none' : JSON.stringify(value);
      return {
        kind: 'refused',
        reason: 'UnknownFactor',
        detail: `meter ${meter.key} has no factor for ${by} ${shown}`,
        pointer: jsonPointer(['data', by]),
      };
    }
    inputs.push(factor);
  }
  return { kind: 'value', value: inputs.reduce((product, input) => product * input, 1n), inputs };
}

/** The field's quantity; undefined when it is absent, a refusal when it is none. */
function fieldOf(event: UsageEvent, field: string): Quantity | Measurement | undefined {
  const raw = ownValue(event.data, field);
  if (raw === undefined || raw === null) return undefined;
  return (
    quantityOf(raw) ?? {
      kind: 'refused',
      reason: 'InvalidQuantity',
      detail: `data.${field} is no quantity: a decimal from 0 with at most 30 digits before and 9 after the point`,
      pointer: jsonPointer(['data', field]),
    }
  );
}
/** Nano-units of a JSON number or a decimal string; undefined when it is no quantity. */
export function quantityOf(raw: JsonValue): Quantity | undefined {
  if (typeof raw === 'number') {
    if (raw >= 0 && raw <= NANOS_IN_DOUBLE_MAX && Number.isInteger(raw)) return BigInt(raw * NANOS_IN_ONE);
    return Number.isFinite(raw) ? parseQuantity(decimalOfNumber(raw)) : undefined;
  }
  return typeof raw === 'string' ? parseQuantity(raw) : undefined;
}

function distinctValue(meter: Meter, event: UsageEvent): Measurement {
  const [field = ''] = meter.fields;
  const text = dimensionValue(ownValue(event.data, field));
  if (text === undefined) return NOTHING;
  if (text === null) {
    const detail = `data.${field} is no text of at most 255 characters`;
    return { kind: 'refused', reason: 'InvalidEvent', detail, pointer: jsonPointer(['data', field]) };
  }
  return { kind: 'value', value: text };
}
