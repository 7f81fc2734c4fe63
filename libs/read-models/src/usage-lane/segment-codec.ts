import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { CorruptReadModel } from '../errors.js';
import { READ_MODEL_LIMITS } from '../limits.js';
import { ByteReader } from '../columns/byte-reader.js';
import { ByteWriter } from '../columns/byte-writer.js';
import type { NumberColumn } from '../columns/number-column.js';
import { readAmounts, writeAmounts } from '../columns/amounts-codec.js';
import { Segment } from './segment.js';

const VERSION = 3;
const PLAIN = 0;
const DEFLATED = 1;
const HOURS = 24;
const OUTCOMES = ['charged', 'late', 'adjusted'] as const;

// Encoding never waits, so one buffer serves all segments.
const writer = new ByteWriter();

/** A segment in bytes: version, form, then dictionaries and columns. Merged days are deflated, windows are not. */
export function encodeSegment(segment: Segment, isDeflated: boolean): Buffer {
  if (!isDeflated) {
    writer.byte(VERSION);
    writer.byte(PLAIN);
    writeBody(segment);
    return writer.take();
  }
  writeBody(segment);
  return Buffer.concat([Buffer.of(VERSION, DEFLATED), deflateRawSync(writer.take())]);
}

function writeBody(segment: Segment): void {
  writeDictionaries(segment);
  writer.varint(segment.rows);
  writeVarints(segment.use);
  writeSteps(segment.dimension);
  writeBytes(segment.hour);
  writeVarints(segment.events);
  writeVarints(segment.firstEvents);
  writeAmounts(writer, segment.quantity);
  writeAmounts(writer, segment.credits);
}

function writeDictionaries({ uses, names, pairs, dimensions }: Segment): void {
  writer.varint(uses.length);
  for (const { meter, pool, outcome } of uses) {
    writer.text(meter);
    writer.text(pool);
    writer.byte(OUTCOMES.indexOf(outcome));
  }
  writer.varint(names.length);
  for (const name of names) writer.text(name);
  writer.varint(pairs.length);
  for (const { name, value } of pairs) {
    writer.varint(name);
    writer.text(value);
  }
  writer.varint(dimensions.length);
  for (let list = 0; list < dimensions.length; list++) writer.varint(dimensions.to(list) - dimensions.from(list));
  writeVarints(dimensions.items);
}

// A loop a function: V8 optimises each by itself, and gives up what it made of one function with several again and again.
function writeSteps(column: NumberColumn): void {
  let previous = 0;
  for (let index = 0; index < column.length; index++) {
    const value = column.at(index);
    writer.zigzag(value - previous);
    previous = value;
  }
}

function writeBytes(column: NumberColumn): void {
  for (let index = 0; index < column.length; index++) writer.byte(column.at(index));
}

function writeVarints(column: NumberColumn): void {
  for (let index = 0; index < column.length; index++) writer.varint(column.at(index));
}

/** @param segment what it is read into, in place of what that held. @throws {CorruptReadModel} */
export function decodeSegment(data: Buffer, segment = new Segment()): Segment {
  const [version, form] = data;
  if (version !== VERSION) throw new CorruptReadModel(`nothing reads segments of version ${version}`);
  const reader = new ByteReader(form === DEFLATED ? inflate(data.subarray(2)) : data.subarray(2));
  segment.clear();
  readDictionaries(reader, segment);
  readRows(reader, segment);
  if (!reader.isAtEnd) throw new CorruptReadModel('bytes are left over behind a segment');
  return segment;
}

function inflate(data: Buffer): Buffer {
  try {
    return inflateRawSync(data, { maxOutputLength: READ_MODEL_LIMITS.segmentBytesMax });
  } catch (error) {
    throw new CorruptReadModel('a segment cannot be inflated', { cause: error });
  }
}

function readDictionaries(reader: ByteReader, { uses, names, pairs, dimensions }: Segment): void {
  for (let left = reader.count(); left > 0; left--)
    uses.push({ meter: reader.text(), pool: reader.text(), outcome: outcomeOf(reader.byte()) });
  for (let left = reader.count(); left > 0; left--) names.push(reader.text());
  for (let left = reader.count(); left > 0; left--)
    pairs.push({ name: below(reader.varint(), names.length), value: reader.text() });
  const sizes = Array.from({ length: reader.count() }, () => reader.count());
  for (const size of sizes) {
    for (let left = size; left > 0; left--) dimensions.items.push(below(reader.varint(), pairs.length));
    dimensions.close();
  }
}

function readRows(reader: ByteReader, segment: Segment): void {
  const rows = reader.count();
  segment.reserve(rows);
  for (let row = 0; row < rows; row++) segment.use.push(below(reader.varint(), segment.uses.length));
  let dimension = 0;
  for (let row = 0; row < rows; row++) {
    dimension += reader.zigzag();
    segment.dimension.push(below(dimension, segment.dimensions.length));
  }
  for (let row = 0; row < rows; row++) segment.hour.push(below(reader.byte(), HOURS));
  for (let row = 0; row < rows; row++) segment.events.push(reader.varint());
  for (let row = 0; row < rows; row++) segment.firstEvents.push(reader.varint());
  readAmounts(reader, rows, segment.quantity);
  readAmounts(reader, rows, segment.credits);
}

function outcomeOf(number: number): (typeof OUTCOMES)[number] {
  const outcome = OUTCOMES[number];
  if (outcome === undefined) throw new CorruptReadModel(`outcome ${number} of a segment does not exist`);
  return outcome;
}

function below(index: number, length: number): number {
  if (index < 0 || index >= length) throw new CorruptReadModel('an index of a segment is out of range');
  return index;
}
