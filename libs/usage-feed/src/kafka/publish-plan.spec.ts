import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { planRequests, type PlannedRecord } from './publish-plan.js';

const LIMITS = { partitionBytesMax: 1_000, bytesMax: 3_000, recordsMax: 5 };
const planned = (partition: number, bytes: number): PlannedRecord => ({
  topic: 't',
  partition,
  record: { key: null, value: Buffer.alloc(bytes) },
});
const shape = (records: readonly PlannedRecord[]): readonly number[][] =>
  planRequests(records, LIMITS).map((request) => request.map(({ record }) => record.value?.length ?? 0));

describe('the plan of produce requests', () => {
  it.each([
    ['nothing', [], []],
    ['small records together', [planned(0, 10), planned(1, 10)], [[10, 10]]],
    ['a partition above its limit', [planned(0, 600), planned(0, 600)], [[600], [600]]],
    ['two partitions below theirs', [planned(0, 600), planned(1, 600)], [[600, 600]]],
    ['a large record alone', [planned(0, 10), planned(0, 5_000), planned(0, 10)], [[10], [5_000], [10]]],
    ['too many records', Array.from({ length: 6 }, () => planned(0, 1)), [[1, 1, 1, 1, 1], [1]]],
    ['too many bytes', Array.from({ length: 4 }, (_, at) => planned(at, 800)), [[800, 800, 800], [800]]],
  ])('%s', (_name, given, expected) => {
    expect(shape(given)).toEqual(expected);
  });

  it('keeps every record, once and in order', () => {
    const some = fc.array(
      fc.tuple(fc.nat(3), fc.nat(2_000)).map(([partition, bytes]) => planned(partition, bytes)),
      { maxLength: 60 },
    );
    fc.assert(fc.property(some, (records) => expect(planRequests(records, LIMITS).flat()).toEqual(records)));
  });
});
