import { jsonPointer } from '../json/json-pointer.js';
import { ownValue, type JsonValue } from '../json/json-value.js';
import { isScalarText, NAME_SCALARS_MAX } from '../usage-event/name.js';
import type { UsageEvent } from '../usage-event/usage-event.js';

export interface DimensionsRefusal {
  readonly reason: 'InvalidEvent';
  readonly detail: string;
  /** The faulty field of the event. */
  readonly pointer: string;
}

/**
 * Puts the event's values of the catalog's dimensions into `values`, in the catalog's order, undefined where one is
 * absent. Source: the HTTP contract, numbers and names.
 */
export function readDimensions(
  { dimensions }: { readonly dimensions: readonly string[] },
  event: UsageEvent,
  values: (string | undefined)[],
): DimensionsRefusal | undefined {
  for (let at = 0; at < dimensions.length; at += 1) {
    const dimension = dimensions[at] ?? '';
    const value = dimensionValue(ownValue(event.data, dimension));
    if (value === null) {
      return {
        reason: 'InvalidEvent',
        detail: `data.${dimension} is no dimension value: a text of at most 255 characters`,
        pointer: jsonPointer(['data', dimension]),
      };
    }
    values[at] = value;
  }
  return undefined;
}

/**
 * A string of at most 255 scalars; a number or boolean as its JSON text; undefined for null and "" (absent);
 * null for anything else. U+0000 is refused too: no text column of the read models can hold it.
 */
export function dimensionValue(raw: JsonValue | undefined): string | null | undefined {
  if (raw === undefined || raw === null || raw === '') return undefined;
  if (typeof raw === 'string') return isScalarText(raw, NAME_SCALARS_MAX) && !raw.includes('\u0000') ? raw : null;
  if (typeof raw === 'boolean') return raw ? 'true' : 'false';
  if (typeof raw === 'number') return Object.is(raw, -0) ? '0' : String(raw);
  return null;
}
