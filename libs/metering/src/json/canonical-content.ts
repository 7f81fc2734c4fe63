import { formatQuantity, parseQuantity } from '../amounts/quantity.js';
import { decimalOfNumber } from './decimal-of-number.js';
import type { JsonObject, JsonValue } from './json-value.js';

/**
 * What makes two events equal: type, instant and data as one text, in the canonical form of RFC 8785, with numbers,
 * and strings that are quantities, as shortest decimals, and null properties left out. Source: the HTTP contract,
 * numbers and names. `data` is as deep as `parseJsonExactly` lets through.
 */
export function canonicalContent(type: string, timeMs: number, data: JsonObject): string {
  return `{"data":${canonicalObject(data)},"time":${timeMs},"type":${quoted(type)}}`;
}

function canonicalObject(object: JsonObject): string {
  const keys = Object.keys(object);
  sortByCodeUnits(keys);
  let text = '';
  for (const key of keys) {
    const value = object[key];
    if (value === null || value === undefined) continue;
    text += text === '' ? `${quoted(key)}:${canonicalValue(value)}` : `,${quoted(key)}:${canonicalValue(value)}`;
  }
  return `{${text}}`;
}

function canonicalValue(value: JsonValue): string {
  if (typeof value === 'string') return canonicalString(value);
  if (typeof value === 'number') return decimalOfNumber(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalValue).join(',')}]`;
  return canonicalObject(value as JsonObject);
}

function canonicalString(text: string): string {
  const first = text.charCodeAt(0);
  if (first >= 0x30 && first <= 0x39) {
    const quantity = parseQuantity(text);
    if (quantity !== undefined) return formatQuantity(quantity);
  }
  return quoted(text);
}

const SHORT_STRING = 64;

/** As JSON.stringify, without its call for the short plain strings that nearly all are. */
function quoted(text: string): string {
  if (text.length > SHORT_STRING) return JSON.stringify(text);
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code === 0x22 || code === 0x5c || (code >= 0xd800 && code <= 0xdfff))
      return JSON.stringify(text);
  }
  return `"${text}"`;
}

const SHORT_LIST = 24;

/** RFC 8785 orders by UTF-16 code units, as `<` does. An insertion sort is fastest for a handful of keys. */
function sortByCodeUnits(keys: string[]): void {
  if (keys.length > SHORT_LIST) {
    keys.sort((one, other) => (one < other ? -1 : 1));
    return;
  }
  for (let at = 1; at < keys.length; at += 1) {
    const key = keys[at];
    if (key === undefined) return;
    let to = at - 1;
    for (let before = keys[to]; before !== undefined && before > key; before = keys[to]) {
      keys[to + 1] = before;
      to -= 1;
    }
    keys[to + 1] = key;
  }
}
