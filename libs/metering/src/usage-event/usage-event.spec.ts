import { describe, expect, it } from '@jest/globals';
import { checkStructuredEvent, isName, parseBinaryEvent, parseStructuredEvent, QUARANTINE_REASONS } from './index.js';

const valid = {
  specversion: '1.0',
  id: 'req-8f1c',
  source: '/gateway/eu',
  type: 'llm.completion',
  subject: 'acme',
  time: '2026-11-20T10:00:00.123Z',
  data: { project: 'search' },
};

describe('names', () => {
  it.each([
    ['a', true],
    ['__proto__', true],
    ['constructor', true],
    ['a b', true],
    ['é', true],
    ['e\u0301', true],
    ['\u200fa', true],
    ['😀'.repeat(255), true],
    ['😀'.repeat(256), false],
    ['x'.repeat(255), true],
    ['x'.repeat(256), false],
    ['', false],
    [' ', false],
    [' a', false],
    ['a ', false],
    ['a\u00a0', false],
    ['\ufeffa', false],
    ['a\u0000', false],
    ['a\nb', false],
    ['a\u007f', false],
    ['a\u0085b', false],
    ['\ud800', false],
    ['a\udc00', false],
    ['\ud800a', false],
  ])('%.20j is %s', (text, expected) => {
    expect(isName(text)).toBe(expected);
  });
});

describe('usage events', () => {
  it('a structured and a binary event say the same', () => {
    const { data, ...attributes } = valid;
    const structured = parseStructuredEvent(valid);
    expect(structured).toEqual({
      event: {
        id: 'req-8f1c',
        source: '/gateway/eu',
        type: 'llm.completion',
        organisation: 'acme',
        timeMs: 1_795_168_800_123,
        data,
      },
    });
    expect(parseBinaryEvent(new Map(Object.entries(attributes)), data)).toEqual(structured);
  });

  it.each([undefined, null])('data %s is no data', (data) => {
    expect(parseStructuredEvent({ ...valid, data })).toMatchObject({ event: { data: {} } });
  });

  it.each([
    ['id', undefined, '/id', 'Required', 'InvalidEvent'],
    ['id', null, '/id', 'Required', 'InvalidEvent'],
    ['id', '', '/id', 'InvalidEvent', 'InvalidEvent'],
    ['id', ' x', '/id', 'InvalidEvent', 'InvalidEvent'],
    ['id', 7, '/id', 'InvalidEvent', 'InvalidEvent'],
    ['source', 'x'.repeat(256), '/source', 'InvalidEvent', 'InvalidEvent'],
    ['type', undefined, '/type', 'Required', 'InvalidEvent'],
    ['subject', undefined, '/subject', 'Required', 'NoOrganisation'],
    ['subject', '', '/subject', 'Required', 'NoOrganisation'],
    ['subject', 'a\u0000', '/subject', 'InvalidEvent', 'InvalidEvent'],
    ['specversion', undefined, '/specversion', 'Required', 'InvalidEvent'],
    ['specversion', '0.3', '/specversion', 'InvalidEvent', 'InvalidEvent'],
    ['specversion', 1, '/specversion', 'InvalidEvent', 'InvalidEvent'],
    ['time', undefined, '/time', 'Required', 'InvalidEvent'],
    ['time', '2026-11-20T10:00:00', '/time', 'InvalidEvent', 'InvalidEvent'],
    ['time', 1_795_168_800, '/time', 'InvalidEvent', 'InvalidEvent'],
    ['data', [], '/data', 'InvalidEvent', 'InvalidEvent'],
    ['data', 'x', '/data', 'InvalidEvent', 'InvalidEvent'],
    [
      'data',
      Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`p${n}`, n])),
      '/data',
      'InvalidEvent',
      'InvalidEvent',
    ],
    ['data_base64', 'AA==', '/data_base64', 'InvalidEvent', 'InvalidEvent'],
  ])('%s %.20j', (field, value, ...[pointer, code, reason]) => {
    const event = { ...valid, [field]: value };
    const checked = checkStructuredEvent(event);
    expect('errors' in checked ? checked.errors : []).toMatchObject([{ pointer, code, reason }]);
    expect(parseStructuredEvent(event)).toMatchObject({ reason });
  });

  it.each([null, [], 'x', 7, [valid]])('%j is no event', (value) => {
    expect(parseStructuredEvent(value)).toMatchObject({ reason: 'InvalidEvent' });
  });

  it('a refusal says whose event it is, as far as that can be read', () => {
    expect(parseStructuredEvent({ ...valid, time: 'x' })).toMatchObject({
      organisation: 'acme',
      source: '/gateway/eu',
      id: 'req-8f1c',
    });
  });

  it('has every reason once', () => {
    expect(new Set(QUARANTINE_REASONS).size).toBe(QUARANTINE_REASONS.length);
  });
});
