import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import { CODEC_LIMITS } from './codec-limits.js';
import { readIntegers, readSteps } from './read-columns.js';
import { TextList, TextTable } from './text-table.js';
import { writeConstant, writeIntegers, writeSteps } from './write-columns.js';

const UUID = 0;
const COUNTED = 1;
const TEXT = 2;
const KINDS = 3;
const UUID_FORM = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const DASH = 45;
const ZERO = 48;

interface CountedIds {
  readonly prefixes: number[];
  readonly widths: number[];
  readonly numbers: number[];
}

/** How many digits an id ends with, at most as many as stay exact. */
function trailingDigits(id: string): number {
  let digits = 0;
  while (digits < CODEC_LIMITS.countedDigitsMax && digits < id.length) {
    const code = id.charCodeAt(id.length - 1 - digits);
    if (code < 48 || code > 57) break;
    digits++;
  }
  return digits;
}

/** The digits from here on: at most as many as stay exact. */
function numberFrom(id: string, start: number): number {
  let value = 0;
  for (let at = start; at < id.length; at += 1) value = value * 10 + id.charCodeAt(at) - ZERO;
  return value;
}

function kindOf(id: string): number {
  if (id.length === 36 && id.charCodeAt(8) === DASH && UUID_FORM.test(id)) return UUID;
  return trailingDigits(id) > 0 ? COUNTED : TEXT;
}

/** Ids, and values of dimensions, by kind: UUIDs as 16 bytes, counted ids as prefix, width and number, anything else as text. */
export function writeIds(writer: ByteWriter, ids: readonly string[]): void {
  const start = writer.size;
  if (writeUuids(writer, ids)) return;
  writer.rewind(start);
  writeKinds(writer, ids);
}

/** Most producers give every event a UUID: false where one of them is none. */
function writeUuids(writer: ByteWriter, ids: readonly string[]): boolean {
  writeConstant(writer, UUID, ids.length);
  for (const id of ids) if (!writer.uuid(id)) return false;
  return true;
}

function writeKinds(writer: ByteWriter, ids: readonly string[]): void {
  const kinds = ids.map(kindOf);
  writeIntegers(writer, kinds);
  const table = new TextTable();
  const counted: CountedIds = { prefixes: [], widths: [], numbers: [] };
  let prefix = '';
  let prefixNumber = -1;
  ids.forEach((id, index) => {
    if (kinds[index] !== COUNTED) return;
    const width = trailingDigits(id);
    const prefixLength = id.length - width;
    // Mostly it is the last one's, which costs less to see than to look for.
    if (prefixNumber < 0 || prefix.length !== prefixLength || !id.startsWith(prefix)) {
      prefix = id.slice(0, prefixLength);
      prefixNumber = table.numberOf(prefix);
    }
    counted.prefixes.push(prefixNumber);
    counted.widths.push(width);
    counted.numbers.push(numberFrom(id, prefixLength));
  });
  if (counted.numbers.length > 0) {
    table.write(writer);
    writeIntegers(writer, counted.prefixes);
    writeIntegers(writer, counted.widths);
    writeSteps(writer, counted.numbers);
  }
  ids.forEach((id, index) => {
    if (kinds[index] === UUID) writer.uuid(id);
    else if (kinds[index] === TEXT) writer.text(id);
  });
}

function readCounted(reader: ByteReader, count: number): string[] {
  if (count === 0) return [];
  const table = new TextList(reader);
  const prefixes = readIntegers(reader, count);
  const widths = readIntegers(reader, count);
  return readSteps(reader, count).map((value, index) => {
    const width = widths[index] ?? 0;
    const digits = String(value);
    if (value < 0 || digits.length > width || width > CODEC_LIMITS.countedDigitsMax)
      throw reader.corrupt('a counted id does not fit its width');
    return table.text(prefixes[index] ?? 0) + digits.padStart(width, '0');
  });
}

/** @throws {CorruptEvent} */
export function readIds(reader: ByteReader, count: number): string[] {
  const kinds = readIntegers(reader, count);
  if (kinds.some((kind) => kind < 0 || kind >= KINDS)) throw reader.corrupt('an id has an unknown kind');
  const counted = readCounted(reader, kinds.filter((kind) => kind === COUNTED).length);
  let next = 0;
  return kinds.map((kind) => {
    if (kind === UUID) return reader.uuid();
    return kind === TEXT ? reader.text() : (counted[next++] ?? '');
  });
}
