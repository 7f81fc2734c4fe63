import { isExactNumber } from './exact-number.js';
import { JSON_LIMITS } from './json-limits.js';
import { endOfString, pointerAt } from './pointer-at.js';
import type { JsonValue } from './json-value.js';

export type JsonError = 'Unreadable' | 'InexactNumber' | 'TooDeep';

/** `InexactNumber` still carries the value as doubles: enough to find the organisation, never to be charged. */
export type JsonParseResult =
  | { readonly ok: JsonValue }
  | { readonly error: 'InexactNumber'; readonly detail: string; readonly pointer: string; readonly value: JsonValue }
  | { readonly error: 'Unreadable' | 'TooDeep'; readonly detail: string };

const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const DETAIL_LENGTH_MAX = 40;

/**
 * JSON of strict UTF-8 (no byte order mark) whose numbers are what is written. Linear, and never recursive:
 * ten thousand levels are `TooDeep`, not a full stack. Of equal keys in one object the last stands, as in JSON.parse.
 */
export function parseJsonExactly(input: string | Uint8Array): JsonParseResult {
  let text: string;
  try {
    text = typeof input === 'string' ? input : UTF_8.decode(input);
  } catch {
    return { error: 'Unreadable', detail: 'not valid UTF-8' };
  }
  if (text.charCodeAt(0) === 0xfeff) return { error: 'Unreadable', detail: 'begins with a byte order mark' };
  const doubts = doubtsOf(text);
  if ((doubts & DEPTH) !== 0 && isTooDeep(text)) {
    return { error: 'TooDeep', detail: `more than ${JSON_LIMITS.nestingMax} levels of nesting` };
  }
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    return { error: 'Unreadable', detail: 'not valid JSON' };
  }
  if ((doubts & NUMBERS) !== 0) {
    const inexactAt = findInexactNumber(text);
    if (inexactAt !== undefined) {
      const literal = numberAt(text, inexactAt);
      const shown = literal.length > DETAIL_LENGTH_MAX ? `${literal.slice(0, DETAIL_LENGTH_MAX)}…` : literal;
      const detail = `${shown} is not kept by a double; send it as a string`;
      return { error: 'InexactNumber', detail, pointer: pointerAt(text, inexactAt), value };
    }
  }
  return { ok: value };
}

/** What has to be looked at closely: the depth of the text, its numbers. */
const DEPTH = 1;
const NUMBERS = 2;

/** Up to this many digits always survive a double. */
const SAFE_DIGITS = 15;

const DIGIT = 1;
const EXPONENT = 2;
const OPENING = 3;
/** What characters mean below: all others end a run of digits. */
const MEANINGS = new Uint8Array(128);
for (const digit of '0123456789.') MEANINGS[digit.charCodeAt(0)] = DIGIT;
for (const letter of 'eE') MEANINGS[letter.charCodeAt(0)] = EXPONENT;
for (const bracket of '{[') MEANINGS[bracket.charCodeAt(0)] = OPENING;

/**
 * Whether the text has more opening brackets than the limit allows levels (most have two or three), and whether it has
 * sixteen digits and points in a row, or an exponent where a number may stand. Strings may raise a doubt too: the exact
 * scans then find nothing. One loop over the characters, because every record of the feed passes here.
 */
function doubtsOf(text: string): number {
  let doubts = 0;
  let run = 0;
  let opened = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const meaning = code < 128 ? (MEANINGS[code] ?? 0) : 0;
    if (meaning === DIGIT) {
      run += 1;
      if (run > SAFE_DIGITS) doubts |= NUMBERS;
      continue;
    }
    if (meaning === EXPONENT && run > 0 && isNumberStart(text, at - run)) doubts |= NUMBERS;
    else if (meaning === OPENING) opened += 1;
    run = 0;
  }
  return opened > JSON_LIMITS.nestingMax ? doubts | DEPTH : doubts;
}

function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) at = endOfString(text, at);
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > JSON_LIMITS.nestingMax) return true;
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return false;
}

/** Whether what stands before `at` lets a number begin there: nothing, white space, `[`, `:` or `,`, then perhaps a minus. */
function isNumberStart(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1) === 0x2d ? at - 2 : at - 1;
  if (before < 0) return true;
  const code = text.charCodeAt(before);
  return code <= 0x20 || code === 0x5b || code === 0x3a || code === 0x2c;
}

/** Where the first number stands that a double does not keep. `text` is valid JSON. */
function findInexactNumber(text: string): number | undefined {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) at = endOfString(text, at);
    else if (code === 0x2d || isDigit(code)) {
      const literal = numberAt(text, at);
      if (!isExactNumber(literal)) return at;
      at += literal.length - 1;
    }
  }
  return undefined;
}

/** The number that begins at `start`. */
function numberAt(text: string, start: number): string {
  let end = start + 1;
  while (end < text.length && isNumberPart(text.charCodeAt(end))) end += 1;
  return text.slice(start, end);
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isNumberPart(code: number): boolean {
  return isDigit(code) || code === 0x2e || code === 0x2b || code === 0x2d || code === 0x65 || code === 0x45;
}
