import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline';
import { isName, parseTime } from '@app/metering';
import { invalidRow } from './backfill-failed.js';
import type { BackfillEvent, RowTerms } from './backfill-event.js';
import { LIMITS } from './limits.js';

/** Hands every CloudEvent to `onEvent`, in the file's order, its text as it is written. @throws {BackfillFailed} */
export async function readNdjson(
  source: Readable,
  terms: RowTerms,
  onEvent: (event: BackfillEvent) => Promise<void> | void,
) {
  const lines = createInterface({ input: source, crlfDelay: Number.POSITIVE_INFINITY });
  const failure = new Promise<never>((_, reject) => source.once('error', reject));
  failure.catch(() => undefined);
  let line = 0;
  const consume = async (): Promise<void> => {
    for await (const raw of lines) {
      line += 1;
      const text = (line === 1 ? raw.replace(/^\uFEFF/, '') : raw).trim();
      if (text === '') continue;
      const waiting = onEvent(eventOf(text, line, terms));
      if (waiting !== undefined) await waiting;
    }
  };
  await Promise.race([consume(), failure]);
}

function eventOf(text: string, line: number, terms: RowTerms): BackfillEvent {
  if (text.length > LIMITS.lineCharsMax)
    throw invalidRow(line, 'line', `TooLarge: above ${LIMITS.lineCharsMax} characters`);
  const event = parseObject(text, line);
  requireName(event['id'], line, 'id');
  const subject = requireName(event['subject'], line, 'subject');
  const timeMs = typeof event['time'] === 'string' ? parseTime(event['time']) : undefined;
  if (timeMs === undefined) throw invalidRow(line, 'time', 'InvalidTime: an RFC 3339 time with a zone is needed');
  const added: Record<string, string> = {};
  if (event['specversion'] === undefined) added['specversion'] = '1.0';
  if (event['source'] === undefined) added['source'] = terms.source;
  if (event['type'] === undefined) {
    if (terms.type === undefined)
      throw invalidRow(line, 'type', 'Required: the event has none, and --type is not given');
    added['type'] = terms.type;
  }
  terms.onOrganisation(subject);
  return { timeMs, line, json: withAttributes(text, added) };
}

function parseObject(text: string, line: number): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalidRow(line, 'line', 'MalformedJson: one JSON object per line is needed');
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw invalidRow(line, 'line', 'InvalidType: one JSON object per line is needed');
}

function requireName(value: unknown, line: number, column: string): string {
  if (value === undefined || value === null || value === '') throw invalidRow(line, column, 'Required: it is missing');
  if (typeof value === 'string' && isName(value)) return value;
  throw invalidRow(line, column, 'InvalidName: 1 to 255 characters, no control characters, no outer white space');
}

/** Adds what is missing in front; the rest stays as it is written, since parsing would round its numbers. */
function withAttributes(text: string, added: Readonly<Record<string, string>>): string {
  const front = JSON.stringify(added).slice(1, -1);
  return front === '' ? text : `{${front},${text.slice(1)}`;
}
