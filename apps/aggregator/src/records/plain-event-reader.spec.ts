import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseJsonExactly, parseStructuredEvent, type UsageEvent } from '@app/metering';
import { PlainEventReader } from './plain-event-reader.js';

const EVENT = {
  specversion: '1.0',
  id: '0d1c5f4e-6f5b-4c0e-9a53-1f6f0a7f7c11',
  source: '/gateway/eu',
  type: 'llm.completion',
  subject: 'acme',
  time: '2026-11-20T10:00:00.123Z',
  data: { project: 'search', input_tokens: 1200, share: 0.25, cached: false, batch: true, user: null },
};

const generally = (bytes: Uint8Array): UsageEvent | undefined => {
  const parsed = parseJsonExactly(bytes);
  if (!('ok' in parsed)) return undefined;
  const read = parseStructuredEvent(parsed.ok);
  return 'event' in read ? read.event : undefined;
};

/** Everything that tells two events apart, the order of their properties and the sign of zero included. */
const told = (event: UsageEvent | undefined): unknown =>
  event === undefined ? undefined : [event, Object.entries(event.data), Object.getPrototypeOf(event.data)];

const read = (text: string): UsageEvent | undefined => new PlainEventReader().read(Buffer.from(text));
const withMember = (member: string): string => JSON.stringify(EVENT).replace('"data"', `${member},"data"`);
const withData = (data: string): string => JSON.stringify({ ...EVENT, data: 0 }).replace('"data":0', `"data":${data}`);

describe('plain events', () => {
  it.each([
    ['as JSON.stringify writes it', JSON.stringify(EVENT)],
    ['with white space', `\r\n${JSON.stringify(EVENT, null, '\t')} \n`],
    ['with attributes that do not matter', withMember('"datacontenttype":"application/json","sequence":7,"x":null')],
    ['without properties', withData('{ }')],
    ['with a property twice', withData('{"a":1,"b":2,"a":3}')],
    ['with numbers for names', withData('{"b":1,"10":2,"2":3}')],
    ['with names of what objects inherit', withData('{"constructor":1,"toString":"x"}')],
    ['with numbers at the bounds', withData('{"a":999999999999999,"b":-0,"c":0.00000000000001,"d":-12.50,"e":0.0}')],
    ['with an empty text', withData('{"a":""}')],
  ])('%s', (_how, text) => {
    const event = read(text);
    expect(event).toBeDefined();
    expect(told(event)).toEqual(told(generally(Buffer.from(text))));
  });

  it.each([
    ['escapes', withData('{"a":"\\u0041"}')],
    ['letters beyond ASCII', withData('{"a":"é"}')],
    ['control characters', withData('{"a":"\u007f"}')],
    ['nested data', withData('{"a":{"b":1}}')],
    ['lists', withData('{"a":[1]}')],
    ['sixteen digits', withData('{"a":1000000000000001}')],
    ['sixteen digits with a point', withData('{"a":0.000000000000001}')],
    ['an exponent', withData('{"a":1E3}')],
    ['a property that sets a prototype', withData('{"__proto__":1}')],
    ['data that is no object', withData('7')],
    ['no data', JSON.stringify({ ...EVENT, data: undefined })],
    ['bytes for data', withMember('"data_base64":null')],
    ['an attribute twice', withMember('"subject":"acme"')],
    ['an attribute that is missing', JSON.stringify({ ...EVENT, type: undefined })],
    ['an attribute that is no name', JSON.stringify({ ...EVENT, id: ' a' })],
    ['an attribute that ends with a space', JSON.stringify({ ...EVENT, source: 'a ' })],
    ['an attribute without a character', JSON.stringify({ ...EVENT, type: '' })],
    ['an attribute that is too long', JSON.stringify({ ...EVENT, id: 'x'.repeat(256) })],
    ['a time that is none', JSON.stringify({ ...EVENT, time: '2026-02-30T00:00:00Z' })],
    ['another version', JSON.stringify({ ...EVENT, specversion: '0.3' })],
    ['a number for a text', JSON.stringify({ ...EVENT, subject: 7 })],
    ['a number that begins with zero', withData('{"a":01}')],
    ['a number that ends with a point', withData('{"a":1.}')],
    ['a number that begins with a point', withData('{"a":.5}')],
    ['a minus alone', withData('{"a":-}')],
    ['two minus signs', withData('{"a":--1}')],
    ['a word that is none', withData('{"a":truth}')],
    ['a comma at the end', withData('{"a":1,}')],
    ['no comma', withData('{"a":1 "b":2}')],
    ['no colon', withData('{"a" 1}')],
    ['no end', JSON.stringify(EVENT).slice(0, -1)],
    ['something behind the end', `${JSON.stringify(EVENT)}{}`],
    ['a byte order mark', `\ufeff${JSON.stringify(EVENT)}`],
    [
      '65 properties',
      withData(JSON.stringify(Object.fromEntries(Array.from({ length: 65 }, (_, at) => [`p${at}`, at])))),
    ],
    ['nothing', ''],
  ])('%s are left to the general parser', (_what, text) => {
    expect(read(text)).toBeUndefined();
  });

  it('keeps texts of the same slot apart', () => {
    const reader = new PlainEventReader();
    for (let at = 0; at < 20_000; at += 1) {
      const subject = `acme-${at % 9_000}`;
      expect(reader.read(Buffer.from(JSON.stringify({ ...EVENT, subject })))?.organisation).toBe(subject);
    }
  });

  it('whatever is read, the general parser reads as the very same event', () => {
    const odd = ['1e3', '01', '1.', '{}', '[1]', '"\\n"', '"é"', 'tru', '-', '1000000000000001'];
    const scalar = fc.oneof(
      { weight: 1, arbitrary: fc.constantFrom(...odd) },
      { weight: 3, arbitrary: fc.constantFrom('true', 'false', 'null', '-0', '0', '""') },
      { weight: 6, arbitrary: fc.integer().map(String) },
      { weight: 3, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }).map(String) },
      { weight: 6, arbitrary: fc.tuple(fc.nat(), fc.nat(99_999)).map(([whole, part]) => `${whole}.${part}`) },
      { weight: 6, arbitrary: fc.string({ maxLength: 40 }).map((text) => JSON.stringify(text)) },
    );
    const name = fc.oneof(
      { weight: 1, arbitrary: fc.constantFrom(...Object.keys(EVENT), 'data_base64', '__proto__') },
      { weight: 6, arbitrary: fc.constantFrom('constructor', '1', '10', 'a', 'b') },
      { weight: 6, arbitrary: fc.string({ maxLength: 6 }) },
    );
    const member = fc.tuple(name, scalar).map(([key, value]) => `${JSON.stringify(key)}:${value}`);
    const data = fc.array(member, { maxLength: 4 }).map((members) => `"data":{${members.join(',')}}`);
    const { data: _data, ...attributes } = EVENT;
    const own = Object.entries(attributes).map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
    const text = fc
      .tuple(data, fc.array(member, { maxLength: 1 }), fc.constantFrom('', ' ', '\n'))
      .chain(([of, others, space]) => {
        const members = [...own, of, ...others];
        const all = fc.shuffledSubarray(members, { minLength: members.length });
        return all.map((shuffled) => `${space}{${shuffled.join(`${space},${space}`)}${space}}`);
      });
    const damage = fc.option(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { freq: 1 });
    let count = 0;
    const reader = new PlainEventReader();
    fc.assert(
      fc.property(text, damage, (written, damaged) => {
        const bytes = Buffer.from(written);
        if (damaged !== null) bytes[damaged[0] % bytes.length] = damaged[1];
        const event = reader.read(bytes);
        if (event === undefined) return;
        count += 1;
        expect(told(event)).toEqual(told(generally(bytes)));
      }),
      { numRuns: 10_000 },
    );
    expect(count).toBeGreaterThan(1_000);
  });
});
