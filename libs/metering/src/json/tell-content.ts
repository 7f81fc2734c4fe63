import { formatQuantity, parseQuantity } from '../amounts/index.js';
import { decimalOfNumber } from './decimal-of-number.js';
import type { JsonObject, JsonValue } from './json-value.js';

/** Kinds of pieces that content is told in. */
export const PIECE = {
  false: 1,
  true: 2,
  null: 3,
  /** A whole number of at most 2^53 − 1 of either sign. */
  integer: 4,
  /** The shortest decimal of any other number. */
  decimal: 5,
  string: 6,
  key: 7,
  array: 8,
  object: 9,
  end: 10,
} as const;
export type PieceKind = (typeof PIECE)[keyof typeof PIECE];

/** Takes content piece by piece: two contents are equal exactly where their pieces are. */
export interface ContentSink {
  mark(kind: PieceKind): void;
  integer(value: number): void;
  text(kind: PieceKind, value: string): void;
}

/**
 * Tells what makes two events equal: type, instant and data, with keys in the order of their code units, numbers and
 * strings that are quantities as one, and null properties left out. Source: the HTTP contract, numbers and names.
 * `data` is as deep as `parseJsonExactly` lets through.
 */
export function tellContent(
  sink: ContentSink,
  { type, timeMs, data }: { readonly type: string; readonly timeMs: number; readonly data: JsonObject },
): void {
  sink.text(PIECE.string, type);
  sink.integer(timeMs);
  tellProperties(sink, data);
}

function tellProperties(sink: ContentSink, object: JsonObject): void {
  const keys = sortedKeysOf(object);
  for (let at = 0; at < keys.length; at += 1) {
    const key = keys[at] ?? '';
    const value = object[key];
    if (value === null || value === undefined) continue;
    sink.text(PIECE.key, key);
    tellValue(sink, value);
  }
  sink.mark(PIECE.end);
}

function tellValue(sink: ContentSink, value: JsonValue): void {
  if (typeof value === 'string') tellString(sink, value);
  else if (typeof value === 'number') tellNumber(sink, value);
  else if (typeof value === 'boolean') sink.mark(value ? PIECE.true : PIECE.false);
  else if (value === null) sink.mark(PIECE.null);
  else if (Array.isArray(value)) {
    sink.mark(PIECE.array);
    for (const item of value as readonly JsonValue[]) tellValue(sink, item);
    sink.mark(PIECE.end);
  } else {
    sink.mark(PIECE.object);
    tellProperties(sink, value as JsonObject);
  }
}

function tellNumber(sink: ContentSink, value: number): void {
  // Adding zero makes zero of negative zero.
  if (Number.isSafeInteger(value)) sink.integer(value + 0);
  else sink.text(PIECE.decimal, decimalOfNumber(value));
}

function tellString(sink: ContentSink, text: string): void {
  const first = text.charCodeAt(0);
  const quantity = first >= 0x30 && first <= 0x39 ? parseQuantity(text) : undefined;
  if (quantity === undefined) return sink.text(PIECE.string, text);
  const decimal = formatQuantity(quantity);
  const value = Number(decimal);
  if (Number.isSafeInteger(value) && String(value) === decimal) sink.integer(value);
  else sink.text(PIECE.decimal, decimal);
}

const SHORT_LIST = 24;

/** Of each length, the keys last sorted and their order: events of one producer have the same keys. */
const lastSorted: ({ readonly keys: readonly string[]; readonly sorted: readonly string[] } | undefined)[] = [];

function sortedKeysOf(object: JsonObject): readonly string[] {
  const keys = Object.keys(object);
  if (keys.length > SHORT_LIST) return keys.toSorted((one, other) => (one < other ? -1 : 1));
  const last = lastSorted[keys.length];
  if (last !== undefined && isSame(last.keys, keys)) return last.sorted;
  const sorted = sortByCodeUnits(keys);
  lastSorted[keys.length] = { keys, sorted };
  return sorted;
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  for (let at = 0; at < other.length; at += 1) if (one[at] !== other[at]) return false;
  return true;
}

/** By UTF-16 code units, as `<` does. An insertion sort is fastest for a handful of keys. */
function sortByCodeUnits(keys: readonly string[]): string[] {
  const sorted: string[] = [];
  for (const key of keys) {
    let to = sorted.length;
    for (let before = sorted[to - 1]; before !== undefined && before > key; before = sorted[to - 1]) {
      sorted[to] = before;
      to -= 1;
    }
    sorted[to] = key;
  }
  return sorted;
}
