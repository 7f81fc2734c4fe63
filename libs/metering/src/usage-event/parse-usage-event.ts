import { isJsonObject, type JsonObject } from '../json/json-value.js';
import { parseTime } from '../time/rfc3339.js';
import { isName } from './name.js';
import type { EventCheckResult, EventFieldError, EventParseResult, EventRefusal } from './usage-event.js';

/** Properties of `data` at most; more is `InvalidEvent`. */
export const DATA_PROPERTIES_MAX = 1_000;

const NO_DATA: JsonObject = Object.freeze({});

/** The attributes as they came, none looked at yet. Absent and null are the same (CloudEvents JSON format). */
interface RawEvent {
  readonly specversion: unknown;
  readonly id: unknown;
  readonly source: unknown;
  readonly type: unknown;
  readonly subject: unknown;
  readonly time: unknown;
  readonly data: unknown;
  readonly dataBase64?: unknown;
}

/**
 * A usage event from a structured CloudEvent (the value of a parsed JSON document), or why it is none.
 * Checked by hand, not by a zod schema: every record of the feed passes here, and the schema with the same rules
 * takes several times as long.
 */
export function parseStructuredEvent(value: unknown): EventParseResult {
  return resultOf(checkStructuredEvent(value), isJsonObject(value) ? value : undefined);
}

/** A usage event from CloudEvents attributes by name (`id`, not `ce_id`) and its parsed data, or why it is none. */
export function parseBinaryEvent(attributes: ReadonlyMap<string, string>, data: unknown): EventParseResult {
  const raw: RawEvent = {
    specversion: attributes.get('specversion'),
    id: attributes.get('id'),
    source: attributes.get('source'),
    type: attributes.get('type'),
    subject: attributes.get('subject'),
    time: attributes.get('time'),
    data,
  };
  return resultOf(checkRawEvent(raw), raw);
}

/** The same rules as `parseStructuredEvent`, with an error for each faulty field: what HTTP answers. */
export function checkStructuredEvent(value: unknown): EventCheckResult {
  if (!isJsonObject(value)) {
    return {
      errors: [{ pointer: '', code: 'InvalidEvent', detail: 'an event is a JSON object', reason: 'InvalidEvent' }],
    };
  }
  return checkRawEvent({
    specversion: value.specversion,
    id: value.id,
    source: value.source,
    type: value.type,
    subject: value.subject,
    time: value.time,
    data: value.data,
    dataBase64: value.data_base64,
  });
}

function checkRawEvent(raw: RawEvent): EventCheckResult {
  const { id, source, type, subject, time } = raw;
  const timeMs = typeof time === 'string' ? parseTime(time) : undefined;
  const data = raw.data === undefined || raw.data === null ? NO_DATA : raw.data;
  if (
    raw.specversion === '1.0' &&
    isNameValue(id) &&
    isNameValue(source) &&
    isNameValue(type) &&
    isNameValue(subject) &&
    timeMs !== undefined &&
    isSmallObject(data) &&
    isAbsent(raw.dataBase64)
  ) {
    return { event: { id, source, type, organisation: subject, timeMs, data } };
  }
  return { errors: errorsOf(raw) };
}

/** Every faulty field of an event that is not valid; the first decides what it is quarantined for. */
function errorsOf(raw: RawEvent): EventFieldError[] {
  const errors: EventFieldError[] = [];
  const missing = (field: string): void => {
    const reason = field === 'subject' ? 'NoOrganisation' : 'InvalidEvent';
    errors.push({ pointer: `/${field}`, code: 'Required', detail: `${field} is missing`, reason });
  };
  const invalid = (field: string, detail: string): void => {
    errors.push({ pointer: `/${field}`, code: 'InvalidEvent', detail, reason: 'InvalidEvent' });
  };
  if (isAbsent(raw.subject) || raw.subject === '') missing('subject');
  else if (!isNameValue(raw.subject)) invalid('subject', nameRule('subject'));
  if (isAbsent(raw.specversion)) missing('specversion');
  else if (raw.specversion !== '1.0') invalid('specversion', 'specversion is "1.0"');
  for (const field of ['id', 'source', 'type'] as const) {
    if (isAbsent(raw[field])) missing(field);
    else if (!isNameValue(raw[field])) invalid(field, nameRule(field));
  }
  if (isAbsent(raw.time)) missing('time');
  else if (typeof raw.time !== 'string' || parseTime(raw.time) === undefined) {
    invalid('time', 'time is an RFC 3339 time with a zone, within the years 0000 to 9999');
  }
  if (!isAbsent(raw.data)) {
    if (!isJsonObject(raw.data)) invalid('data', 'data is a JSON object');
    else if (!isSmallObject(raw.data)) invalid('data', `data has at most ${DATA_PROPERTIES_MAX} properties`);
  }
  if (!isAbsent(raw.dataBase64)) invalid('data_base64', 'data is a JSON object, not bytes');
  return errors;
}

function resultOf(
  checked: EventCheckResult,
  raw: { readonly [field: string]: unknown } | RawEvent | undefined,
): EventParseResult {
  if ('event' in checked) return checked;
  const [first] = checked.errors;
  const refusal: EventRefusal = {
    reason: first?.reason ?? 'InvalidEvent',
    detail: checked.errors.map((error) => error.detail).join('; '),
  };
  if (raw === undefined) return refusal;
  return {
    ...refusal,
    ...(isNameValue(raw.subject) ? { organisation: raw.subject } : {}),
    ...(isNameValue(raw.source) ? { source: raw.source } : {}),
    ...(isNameValue(raw.id) ? { id: raw.id } : {}),
  };
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

function isNameValue(value: unknown): value is string {
  return typeof value === 'string' && isName(value);
}

function isSmallObject(value: unknown): value is JsonObject {
  return isJsonObject(value) && Object.keys(value).length <= DATA_PROPERTIES_MAX;
}

function nameRule(field: string): string {
  return `${field} is a text of 1 to 255 characters without control characters or outer white space`;
}
