import { parseJsonExactly } from '@app/metering';
import type { JsonParseResult, JsonValue } from '@app/metering';
import { Problem } from '../edge/problem.js';
import { LIMITS } from '../limits.js';
import { splitJsonArray } from './split-json.js';

/** One item of a body: its value with its bytes as they came, or why they cannot be taken. */
export type ReadItem =
  | { readonly value: JsonValue; readonly bytes: Uint8Array }
  | {
      readonly code: 'InexactNumber' | 'Unreadable' | 'TooLarge';
      readonly detail: string;
      readonly pointer: string;
    };

/** Content types of usage, and how their bodies are cut into items. */
export const EVENT_TYPES = {
  'application/cloudevents+json': 'one',
  'application/cloudevents-batch+json': 'array',
} as const;

export const NDJSON_TYPES = { 'application/x-ndjson': 'lines', 'application/ndjson': 'lines' } as const;

export type BodyForm = 'one' | 'array' | 'lines';

/** Items of a body in their order. @throws Problem MalformedJson, TooLarge */
export function readItems(bytes: Uint8Array, form: BodyForm, itemsMax: number): readonly ReadItem[] {
  const items = form === 'lines' ? readLines(bytes, itemsMax) : readDocument(bytes, form);
  if (items.length <= itemsMax) return items;
  throw Problem.of('TooLarge', `A call takes at most ${itemsMax} events.`);
}

function readDocument(bytes: Uint8Array, form: 'one' | 'array'): readonly ReadItem[] {
  const parsed = parseJsonExactly(bytes);
  if ('error' in parsed && parsed.error !== 'InexactNumber')
    throw Problem.of('MalformedJson', `The body is ${parsed.detail}.`);
  if (form === 'one') return [itemOf(parsed, bytes)];
  const value = 'ok' in parsed ? parsed.ok : parsed.value;
  if (!Array.isArray(value))
    throw Problem.of('InvalidEvents', 'The body is not an array of events', { errors: [NOT_AN_ARRAY] });
  const parts = splitJsonArray(bytes);
  const values = value as readonly JsonValue[];
  if (parts.length !== values.length) throw new Error('A batch was not cut into its items.');
  if ('ok' in parsed) return values.map((ok, index) => itemOf({ ok }, parts[index] ?? bytes));
  // Some number is not kept by a double: item by item, to say which.
  return parts.map((part) => itemOf(parseJsonExactly(part), part));
}

const NOT_AN_ARRAY = { pointer: '', code: 'InvalidEvent', detail: 'a batch is a JSON array' } as const;

function readLines(bytes: Uint8Array, itemsMax: number): readonly ReadItem[] {
  const items: ReadItem[] = [];
  let start = 0;
  while (start < bytes.length && items.length <= itemsMax) {
    const found = bytes.indexOf(LINE_FEED, start);
    const end = found < 0 ? bytes.length : found;
    const line = bytes.subarray(start, end);
    if (!isBlank(line)) items.push(itemOf(parseJsonExactly(line), line));
    start = end + 1;
  }
  return items;
}

const LINE_FEED = 0x0a;
const SPACE = 0x20;
const isBlank = (line: Uint8Array): boolean => line.every((byte) => byte <= SPACE);

function itemOf(parsed: JsonParseResult, bytes: Uint8Array): ReadItem {
  if (bytes.length > LIMITS.eventBytesMax) {
    const detail = `the event has ${bytes.length} bytes; the limit is ${LIMITS.eventBytesMax}`;
    return { code: 'TooLarge', detail, pointer: '' };
  }
  if ('ok' in parsed) return { value: parsed.ok, bytes };
  const { detail } = parsed;
  if (parsed.error === 'InexactNumber') return { code: 'InexactNumber', detail, pointer: parsed.pointer };
  return { code: 'Unreadable', detail, pointer: '' };
}
