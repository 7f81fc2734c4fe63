import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { CorruptReadModel } from '../errors.js';
import { READ_MODEL_LIMITS } from '../limits.js';
import { ByteReader } from './byte-reader.js';
import { ByteWriter } from './byte-writer.js';
import type { SegmentColumns } from './segment.js';

const VERSION = 2;
const PLAIN = 0;
const DEFLATED = 1;
const OUTCOMES = ['charged', 'late', 'adjusted'] as const;

// Encoding never waits, so one buffer serves all segments.
const writer = new ByteWriter();

/** A segment in bytes: version, form, then dictionaries and columns. Merged days are deflated, windows are not. */
export function encodeSegment(columns: SegmentColumns, isDeflated: boolean): Buffer {
  writer.varint(columns.uses.length);
  for (const { meter, pool, outcome } of columns.uses) {
    writer.text(meter);
    writer.text(pool);
    writer.byte(OUTCOMES.indexOf(outcome));
  }
  writer.varint(columns.names.length);
  for (const name of columns.names) writer.text(name);
  writer.varint(columns.pairs.length);
  for (const { name, value } of columns.pairs) {
    writer.varint(name);
    writer.text(value);
  }
  writer.varint(columns.dimensions.length);
  for (const pairs of columns.dimensions) {
    writer.varint(pairs.length);
    for (const pair of pairs) writer.varint(pair);
  }
  writer.varint(columns.use.length);
  for (const use of columns.use) writer.varint(use);
  let previous = 0;
  for (const dimension of columns.dimension) {
    writer.zigzag(dimension - previous);
    previous = dimension;
  }
  for (const hour of columns.hour) writer.byte(hour);
  for (const events of columns.events) writer.varint(events);
  for (const events of columns.firstEvents) writer.varint(events);
  for (const quantity of columns.quantity) writer.bigint(quantity);
  for (const credits of columns.credits) writer.bigint(credits);
  const body = writer.take();
  return isDeflated
    ? Buffer.concat([Buffer.of(VERSION, DEFLATED), deflateRawSync(body)])
    : Buffer.concat([Buffer.of(VERSION, PLAIN), body]);
}

/** @throws {CorruptReadModel} */
export function decodeSegment(data: Buffer): SegmentColumns {
  const [version, form] = data;
  if (version !== VERSION) throw new CorruptReadModel(`nothing reads segments of version ${version}`);
  return decodeBody(form === DEFLATED ? inflate(data.subarray(2)) : data.subarray(2));
}

function inflate(data: Buffer): Buffer {
  try {
    return inflateRawSync(data, { maxOutputLength: READ_MODEL_LIMITS.segmentBytesMax });
  } catch (error) {
    throw new CorruptReadModel('a segment cannot be inflated', { cause: error });
  }
}

function decodeBody(body: Buffer): SegmentColumns {
  const reader = new ByteReader(body);
  const list = <T>(read: () => T): T[] => Array.from({ length: reader.count() }, read);
  const uses = list(() => ({ meter: reader.text(), pool: reader.text(), outcome: outcomeOf(reader.byte()) }));
  const names = list(() => reader.text());
  const pairs = list(() => ({ name: below(reader.varint(), names.length), value: reader.text() }));
  const dimensions = list(() => list(() => below(reader.varint(), pairs.length)));
  const length = reader.count();
  const column = <T>(read: () => T): T[] => Array.from({ length }, read);
  const use = column(() => below(reader.varint(), uses.length));
  let previous = 0;
  const dimension = column(() => below((previous += reader.zigzag()), dimensions.length));
  const columns: SegmentColumns = {
    uses,
    names,
    pairs,
    dimensions,
    use,
    dimension,
    hour: column(() => below(reader.byte(), 24)),
    events: column(() => reader.varint()),
    firstEvents: column(() => reader.varint()),
    quantity: column(() => reader.bigint()),
    credits: column(() => reader.bigint()),
  };
  if (!reader.isAtEnd) throw new CorruptReadModel('bytes are left over behind a segment');
  return columns;
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
