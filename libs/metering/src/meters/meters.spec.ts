import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../json/index.js';
import type { UsageEvent } from '../usage-event/index.js';
import { measure, plainUnitsOf, readDimensions, type Meter } from './index.js';

const sum: Meter = {
  key: 'm',
  eventType: 't',
  aggregation: 'sum',
  fields: ['v'],
  quantityScale: 9,
  denominator: 10n ** 9n,
};
const hours: Meter = {
  ...sum,
  fields: ['hours', 'replicas'],
  factor: { by: 'hardware', values: new Map([['a100', 4_000_000_000n]]) },
  quantityScale: 27,
  denominator: 10n ** 27n,
};
const eventOf = (data: JsonObject): UsageEvent => ({
  id: 'i',
  source: 's',
  type: 't',
  organisation: 'o',
  timeMs: 0,
  data,
});
const NONE = new Map<string, string>();

describe('measure', () => {
  it.each<[JsonValue, bigint]>([
    [0, 0n],
    [-0, 0n],
    [1200, 1_200_000_000_000n],
    [0.1, 100_000_000n],
    [1e3, 1_000_000_000_000n],
    [1e-9, 1n],
    [9_007_199_254_740_992, 9_007_199_254_740_992_000_000_000n],
    [1e29, 10n ** 38n],
    ['9007199254740993', 9_007_199_254_740_993_000_000_000n],
    ['0.000000001', 1n],
    ['9'.repeat(30), BigInt('9'.repeat(30)) * 10n ** 9n],
  ])('%j', (v, value) => {
    expect(measure(sum, eventOf({ v }), NONE)).toEqual({ kind: 'value', value });
  });

  it.each<JsonValue>([
    -1,
    -0.1,
    1e-10,
    1e30,
    1e300,
    0.1234567891,
    '',
    '1e3',
    '+5',
    ' 5',
    '5,0',
    'NaN',
    'Infinity',
    '-0',
    '-1',
    '0.0000000001',
    '1'.repeat(31),
    true,
    [],
    {},
    [1],
  ])('%j is InvalidQuantity', (v) => {
    expect(measure(sum, eventOf({ v }), NONE)).toMatchObject({ kind: 'refused', reason: 'InvalidQuantity' });
  });

  it('has nothing to say without the field, of whatever it inherits either', () => {
    expect(measure(sum, eventOf({}), NONE)).toEqual({ kind: 'nothing' });
    expect(measure(sum, eventOf({ v: null }), NONE)).toEqual({ kind: 'nothing' });
    expect(measure({ ...sum, fields: ['constructor'] }, eventOf({}), NONE)).toEqual({ kind: 'nothing' });
    expect(measure({ ...sum, fields: ['__proto__'] }, eventOf({}), NONE)).toEqual({ kind: 'nothing' });
  });

  it('multiplies exactly, with the factor of the dimension, and shows its inputs', () => {
    const event = eventOf({ hours: '0.000000001', replicas: 3 });
    expect(measure(hours, event, new Map([['hardware', 'a100']]))).toEqual({
      kind: 'value',
      value: 12n * 10n ** 18n,
      inputs: [1n, 3_000_000_000n, 4_000_000_000n],
    });
    expect(measure(hours, event, new Map([['hardware', 'constructor']]))).toMatchObject({ reason: 'UnknownFactor' });
    expect(measure(hours, event, NONE)).toMatchObject({ reason: 'UnknownFactor' });
    expect(measure(hours, eventOf({ hours: 1 }), NONE)).toEqual({ kind: 'nothing' });
  });

  it('counts one, and takes distinct texts', () => {
    expect(measure({ ...sum, aggregation: 'count', fields: [] }, eventOf({}), NONE)).toEqual({
      kind: 'value',
      value: 10n ** 9n,
    });
    const distinct: Meter = { ...sum, aggregation: 'unique' };
    expect(measure(distinct, eventOf({ v: 'u-1' }), NONE)).toEqual({ kind: 'value', value: 'u-1' });
    expect(measure(distinct, eventOf({ v: 7 }), NONE)).toEqual({ kind: 'value', value: '7' });
    expect(measure(distinct, eventOf({ v: '' }), NONE)).toEqual({ kind: 'nothing' });
    expect(measure(distinct, eventOf({ v: {} }), NONE)).toMatchObject({ reason: 'InvalidEvent' });
  });
});

describe('plainUnitsOf', () => {
  const counting: Meter = { ...sum, aggregation: 'count', fields: [] };

  it('says of counts, and of whole numbers that stay exact, what measure says', () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer({ min: 0, max: 9_007_199 }), fc.constant(-0)), (v) => {
        const value = BigInt(plainUnitsOf(sum, eventOf({ v })) ?? -1);
        expect(measure(sum, eventOf({ v }), NONE)).toEqual({ kind: 'value', value });
      }),
    );
    expect(plainUnitsOf(counting, eventOf({}))).toBe(1_000_000_000);
  });

  it.each<JsonValue>([-1, 0.5, 9_007_200, 1e300, '7', null, true, [], {}])('leaves %j to measure', (v) => {
    expect(plainUnitsOf(sum, eventOf({ v }))).toBeUndefined();
  });

  it('leaves other meters and absent fields to measure', () => {
    expect(plainUnitsOf(sum, eventOf({}))).toBeUndefined();
    expect(plainUnitsOf(hours, eventOf({ hours: 1, replicas: 1 }))).toBeUndefined();
    for (const aggregation of ['max', 'unique', 'latest', 'time-weighted'] as const)
      expect(plainUnitsOf({ ...sum, aggregation }, eventOf({ v: 1 }))).toBeUndefined();
  });
});

describe('readDimensions', () => {
  it.each<[JsonValue, string | undefined | null]>([
    ['search', 'search'],
    ['', undefined],
    [null, undefined],
    [7, '7'],
    [1e3, '1000'],
    [true, 'true'],
    [' x ', ' x '],
    ['😀'.repeat(255), '😀'.repeat(255)],
    ['😀'.repeat(256), null],
    ['\ud800', null],
    ['\u0000', null],
    [[], null],
    [{}, null],
  ])('%.20j', (project, value) => {
    const values = ['of the event before', 'of it', 'of it'];
    const refusal = readDimensions({ dimensions: ['project', 'toString', '__proto__'] }, eventOf({ project }), values);
    expect(refusal?.reason ?? values).toEqual(value === null ? 'InvalidEvent' : [value, undefined, undefined]);
  });
});
