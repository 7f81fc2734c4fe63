import {
  parseBinaryEvent,
  parseJsonExactly,
  parseStructuredEvent,
  type EventParseResult,
  type JsonParseResult,
  type JsonValue,
  type QuarantineReason,
} from '@app/metering';
import { CONTENT_TYPE_HEADER, STRUCTURED_EVENT_TYPE, type FeedRecord } from '@app/usage-feed';
import { PlainEventReader } from './plain-event-reader.js';
import { headerOf } from './record-headers.js';

/** What a record's bytes say: an event, or why it is none and whose it is as far as that can be read. */
export type ReadContent = EventParseResult & { readonly structured?: () => Uint8Array | null };

const PLAIN_EVENTS = new PlainEventReader();

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const ATTRIBUTE_PREFIX = 'ce_';
const STRUCTURED_BYTES = Buffer.from(STRUCTURED_EVENT_TYPE);

const refuse = (reason: QuarantineReason, detail: string): ReadContent => ({ reason, detail });

/**
 * The usage event of a record, by the CloudEvents Kafka binding: structured (by its content type, or without one a
 * JSON object with `specversion`) or binary (`ce_` headers and a JSON value).
 */
export function readContent(record: FeedRecord): ReadContent {
  const form = formOf(record);
  if (typeof form === 'object') return refuse('InvalidEvent', form.invalid);
  return form === 'structured' ? readStructured(record) : readBinary(record);
}

function formOf(record: FeedRecord): 'structured' | 'binary' | { readonly invalid: string } {
  const [sent] = record.headers[CONTENT_TYPE_HEADER] ?? [];
  // Nearly every record: its header is compared as bytes, and decoded only when it differs.
  if (sent !== undefined && STRUCTURED_BYTES.equals(sent) && record.headers[CONTENT_TYPE_HEADER]?.length === 1)
    return 'structured';
  const header = headerOf(record, CONTENT_TYPE_HEADER);
  const isBinary = hasAttribute(record.headers);
  if (header === undefined) return isBinary ? 'binary' : 'structured';
  if (typeof header === 'object') return header;
  const [type = '', ...parameters] = header.split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length);
  if (charset !== undefined && charset.replaceAll('"', '') !== 'utf-8') return { invalid: 'the charset is UTF-8' };
  if (type === STRUCTURED_EVENT_TYPE) return 'structured';
  if (type === 'application/json' && isBinary) return 'binary';
  return { invalid: 'the content type is application/cloudevents+json, or application/json with ce_ headers' };
}

function hasAttribute(headers: FeedRecord['headers']): boolean {
  for (const name in headers) if (name.startsWith(ATTRIBUTE_PREFIX)) return true;
  return false;
}

function readStructured(record: FeedRecord): ReadContent {
  if (record.value === null) return refuse('Unreadable', 'the record has no value');
  const plain = PLAIN_EVENTS.read(asBuffer(record.value));
  if (plain !== undefined) return { event: plain };
  const parsed = parseJsonExactly(record.value);
  if ('ok' in parsed) return parseStructuredEvent(parsed.ok);
  if (parsed.error !== 'InexactNumber') return refuse('Unreadable', parsed.detail);
  return inexact(parseStructuredEvent(parsed.value), parsed.detail);
}

function readBinary(record: FeedRecord): ReadContent {
  const attributes = new Map<string, string>();
  for (const name of Object.keys(record.headers)) {
    if (!name.startsWith(ATTRIBUTE_PREFIX)) continue;
    const value = headerOf(record, name);
    if (value === undefined) continue;
    if (typeof value === 'object') return refuse('InvalidEvent', value.invalid);
    attributes.set(name.slice(ATTRIBUTE_PREFIX.length), value);
  }
  const hasData = record.value !== null && record.value.length > 0;
  const parsed: JsonParseResult | undefined = hasData ? parseJsonExactly(record.value) : undefined;
  const structured = (): Uint8Array | null => structuredForm(attributes, record.value, parsed);
  if (parsed !== undefined && 'error' in parsed && parsed.error !== 'InexactNumber') {
    const organisation = attributes.get('subject');
    // Whose it is still stands in its headers, so that its owner sees it.
    const read = parseBinaryEvent(attributes, {});
    const owner = 'event' in read && organisation !== undefined ? { organisation } : {};
    return { reason: 'Unreadable', detail: parsed.detail, ...owner, structured };
  }
  if (parsed === undefined || 'ok' in parsed) {
    return { ...parseBinaryEvent(attributes, parsed?.ok), structured };
  }
  return { ...inexact(parseBinaryEvent(attributes, parsed.value), parsed.detail), structured };
}

/** Which numbers were lost matters more than what else is wrong; whose event it is has been read all the same. */
function inexact(read: EventParseResult, detail: string): ReadContent {
  if ('reason' in read) return { ...read, reason: 'InexactNumber', detail };
  const { organisation, source, id } = read.event;
  return { reason: 'InexactNumber', detail, organisation, source, id };
}

/** The same event as one JSON document, so that quarantine can send it again without its headers. */
function structuredForm(
  attributes: ReadonlyMap<string, string>,
  value: Uint8Array | null,
  parsed: JsonParseResult | undefined,
): Uint8Array | null {
  const members: [string, JsonValue][] = [...attributes];
  const isData = parsed !== undefined && ('ok' in parsed || parsed.error === 'InexactNumber');
  if (parsed !== undefined && !isData) return value;
  const text = JSON.stringify(Object.fromEntries(members));
  if (value === null || parsed === undefined) return Buffer.from(text);
  const data = Buffer.from(value).toString('utf8');
  return Buffer.from(`${text.slice(0, -1)}${members.length > 0 ? ',' : ''}"data":${data}}`);
}
