import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeRecords, RecordEncoder } from './record-codec.js';

const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array));
const headers = fc.dictionary(fc.string({ maxLength: 10 }), fc.array(bytes, { minLength: 1, maxLength: 3 }));
const usualHeaders = { 'content-type': [Buffer.from('application/cloudevents+json')] };
const anyRecord = fc.record({
  key: fc.option(bytes),
  value: fc.option(bytes),
  // Often the same as those of the record before, as producers send them.
  headers: fc.oneof(headers, fc.constant(usualHeaders), fc.constant({ ...usualHeaders })),
  timestampMs: fc.integer({ min: -(2 ** 40), max: 2 ** 42 }),
});

describe('the record codec', () => {
  it('gives back every record that it was given, in order', () => {
    fc.assert(
      fc.property(fc.array(anyRecord, { maxLength: 20 }), (records) => {
        const encoder = new RecordEncoder();
        const row = Buffer.concat(records.map((record) => encoder.encode(record, record.timestampMs)));
        const decoded = [...decodeRecords({ bytes: row, baseOffset: 7n, baseTimestampMs: 1_000 })];
        expect(decoded.length).toBe(records.length);
        decoded.forEach(({ record }, index) => {
          const given = records[index];
          expect(record.offset).toBe(7n + BigInt(index));
          expect(record.timestampMs).toBe(1_000 + (given?.timestampMs ?? 0));
          expect(record.key).toEqual(given?.key);
          expect(record.value).toEqual(given?.value);
          expect(Object.entries(record.headers)).toEqual(Object.entries(given?.headers ?? {}));
        });
      }),
    );
  });
});
