import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApiAnswer, ApiClient } from '../support/api-client.js';
import { startApiHarness } from '../support/api-harness.js';
import type { ApiHarness } from '../support/api-harness.js';

let api: ApiHarness;
const NOW_MS = Date.UTC(2026, 10, 20, 10);
const DAY_MS = 86_400_000;

beforeAll(async () => {
  api = await startApiHarness();
  await api.publishCatalog();
});
afterAll(() => api.stop());

const BATCH = 'application/cloudevents-batch+json';
const ONE = 'application/cloudevents+json';

let ids = 0;
const event = (changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  specversion: '1.0',
  id: `e-${ids++}`,
  source: '/gateway',
  type: 'llm.completion',
  subject: 'acme',
  time: new Date(NOW_MS).toISOString(),
  data: { model: 'large', input_tokens: 1200 },
  ...changes,
});

const send = (
  raw: string | Uint8Array<ArrayBuffer>,
  type = BATCH,
  headers = {},
  client: ApiClient = api.admin,
): Promise<ApiAnswer> => client.post('/v1/events', { raw, headers: { 'content-type': type, ...headers } });
const sendOne = (changes: Readonly<Record<string, unknown>>): Promise<ApiAnswer> =>
  send(JSON.stringify(event(changes)), ONE);
const published = async (topic = 'usage.v1'): Promise<number> => (await api.recordsOf(topic)).length;

describe('POST /v1/events', () => {
  it('publishes one event as a structured CloudEvent, keyed by its organisation', async () => {
    const before = await published();
    const sent = event({ subject: 'keyed-organisation' });
    const answer = await send(JSON.stringify(sent), ONE);
    expect([answer.status, answer.json()]).toEqual([202, { accepted: 1 }]);
    const records = await api.recordsOf('usage.v1');
    expect(records.length).toBe(before + 1);
    const record = records.find((each) => Buffer.from(each.key ?? []).toString() === 'keyed-organisation');
    expect(JSON.parse(Buffer.from(record?.value ?? []).toString())).toEqual(sent);
    expect(record?.headers['content-type']?.map((value) => Buffer.from(value).toString())).toEqual([ONE]);
  });

  it('takes what the example with curl sends, with a key of its organisation', async () => {
    const terms = { name: 'curl', organisation: 'acme', scopes: ['ingest'] };
    const { key } = (await api.admin.post('/v1/keys', { json: terms })).json() as { key: string };
    api.setNow(Date.now());
    const env = { ...process.env, CREDITFOLD_URL: api.admin.url, CREDITFOLD_API_KEY: key, EVENT_ID: 'by-curl' };
    const { stdout } = await promisify(execFile)('sh', ['examples/producers/curl.sh'], { env });
    api.setNow(NOW_MS);
    expect(JSON.parse(stdout)).toEqual({ accepted: 1 });
    const values = (await api.recordsOf('usage.v1')).map(({ value }) => Buffer.from(value ?? []).toString());
    expect(values.filter((value) => value.includes('by-curl'))).toHaveLength(1);
  });

  it('takes a batch, plain and gzipped', async () => {
    const before = await published();
    const batch = JSON.stringify([
      event(),
      event({ type: 'trace.ingested', data: undefined }),
      event({ data: { input_tokens: '12.5' } }),
    ]);
    expect((await send(batch)).json()).toEqual({ accepted: 3 });
    const zipped = new Uint8Array(gzipSync(batch));
    expect((await send(zipped, BATCH, { 'content-encoding': 'gzip' })).json()).toEqual({ accepted: 3 });
    expect(await published()).toBe(before + 6);
  });

  it('publishes the bytes of each event as they came', async () => {
    const texts = [JSON.stringify(event(), null, 2), JSON.stringify(event({ note: '{"é,]\\"' }))];
    expect((await send(` [\n${texts.join(' ,\n')} ] `)).json()).toEqual({ accepted: 2 });
    const records = await api.recordsOf('usage.v1');
    const sent = records.map(({ value }) =>
      Buffer.from(value ?? [])
        .toString()
        .trim(),
    );
    expect(sent.filter((text) => texts.includes(text)).toSorted()).toEqual(texts.toSorted());
  });

  it('refuses an event that is larger than one may be, white space included', async () => {
    const large = JSON.stringify(event()).replace('{', `{${' '.repeat(256 * 1024)}`);
    const problem = (await send(`[${JSON.stringify(event())},${large}]`)).problem();
    expect(problem.errors).toEqual([{ index: 1, pointer: '', code: 'TooLarge', detail: expect.any(String) }]);
  });

  it('refuses a batch whole, with one error for each faulty item', async () => {
    const before = await published();
    const batch = [event(), event({ id: undefined }), event({ type: 'unheard.of' }), event({ subject: ' ', id: '' })];
    const problem = (await send(JSON.stringify(batch))).problem();
    expect(problem).toMatchObject({
      type: 'urn:creditfold:problem:invalid-events',
      title: 'Invalid usage events',
      status: 422,
      code: 'InvalidEvents',
      detail: '3 of 4 events are invalid; none was accepted',
    });
    expect(problem.errors?.map(({ index, code }) => [index, code])).toEqual([
      [1, 'Required'],
      [2, 'UnknownEventType'],
      [3, 'InvalidEvent'],
    ]);
    expect(problem.errors?.[0]).toEqual({ index: 1, pointer: '/id', code: 'Required', detail: 'id is missing' });
    expect(await published()).toBe(before);
  });

  it.each<[string, Record<string, unknown>, string, string]>([
    ['no id', { id: undefined }, 'Required', '/id'],
    ['an empty id', { id: '' }, 'InvalidEvent', '/id'],
    ['a blank id', { id: '  ' }, 'InvalidEvent', '/id'],
    ['an id of 256 characters', { id: 'x'.repeat(256) }, 'InvalidEvent', '/id'],
    ['an id with NUL', { id: 'a\u0000b' }, 'InvalidEvent', '/id'],
    ['an id with a lone surrogate', { id: '\ud800' }, 'InvalidEvent', '/id'],
    ['a numeric id', { id: 7 }, 'InvalidEvent', '/id'],
    ['no source', { source: null }, 'Required', '/source'],
    ['no subject', { subject: undefined }, 'NoOrganisation', '/subject'],
    ['another specversion', { specversion: '0.3' }, 'InvalidEvent', '/specversion'],
    ['no time', { time: undefined }, 'Required', '/time'],
    ['a time in milliseconds', { time: NOW_MS }, 'InvalidEvent', '/time'],
    ['a time without zone', { time: '2026-11-20T10:00:00' }, 'InvalidEvent', '/time'],
    ['30 February', { time: '2026-02-30T10:00:00Z' }, 'InvalidEvent', '/time'],
    ['24:00', { time: '2026-11-19T24:00:00Z' }, 'InvalidEvent', '/time'],
    ['data that is a list', { data: [1] }, 'InvalidEvent', '/data'],
    ['data in base64', { data: undefined, data_base64: 'AA==' }, 'InvalidEvent', '/data_base64'],
    ['an unknown type', { type: 'unheard.of' }, 'UnknownEventType', '/type'],
    ['a meter without rate', { type: 'tool.ran' }, 'NoRate', '/type'],
    ['nothing to meter', { data: { output_tokens: 5 } }, 'NothingToMeter', '/data'],
    ['a negative quantity', { data: { input_tokens: -1 } }, 'InvalidQuantity', '/data/input_tokens'],
    ['a quantity in words', { data: { input_tokens: '5,0' } }, 'InvalidQuantity', '/data/input_tokens'],
    ['a quantity with a sign', { data: { input_tokens: '+5' } }, 'InvalidQuantity', '/data/input_tokens'],
    ['a quantity with a blank', { data: { input_tokens: ' 5' } }, 'InvalidQuantity', '/data/input_tokens'],
    ['ten decimal places', { data: { input_tokens: '0.0000000001' } }, 'InvalidQuantity', '/data/input_tokens'],
    ['NaN', { data: { input_tokens: 'NaN' } }, 'InvalidQuantity', '/data/input_tokens'],
    ['10,000 digits', { data: { input_tokens: '9'.repeat(10_000) } }, 'InvalidQuantity', '/data/input_tokens'],
    [
      'an unknown factor',
      { type: 'deployment.ran', data: { model: 'h100', hours: 1, replicas: 1 } },
      'UnknownFactor',
      '/data/model',
    ],
    ['a dimension that is a list', { data: { model: ['a'], input_tokens: 1 } }, 'InvalidEvent', '/data/model'],
    ['36 days old', { time: new Date(NOW_MS - 36 * DAY_MS).toISOString() }, 'TooOld', '/time'],
    ['25 hours ahead', { time: new Date(NOW_MS + 25 * 3_600_000).toISOString() }, 'InFuture', '/time'],
  ])('refuses %s', async (_name, changes, code, pointer) => {
    const problem = (await sendOne(changes)).problem();
    expect(problem).toMatchObject({ status: 422, code: 'InvalidEvents' });
    expect(problem.errors).toEqual([{ index: 0, pointer, code, detail: expect.any(String) }]);
  });

  it.each<[string, Record<string, unknown>]>([
    ['35 days old, to the millisecond', { time: new Date(NOW_MS - 35 * DAY_MS).toISOString() }],
    ['24 hours ahead', { time: new Date(NOW_MS + DAY_MS).toISOString() }],
    ['an offset', { time: '2026-11-20T23:59:59.999+14:00' }],
    ['names that look like properties', { subject: '__proto__', id: 'constructor', source: 'toString' }],
    ['names of four-byte characters', { id: '💳'.repeat(255) }],
    ['a quantity of zero', { data: { input_tokens: 0 } }],
    ['a quantity as text', { data: { input_tokens: '123456789012345678901234567890.123456789' } }],
    ['null as absent', { data: { input_tokens: 1, model: null } }],
    ['unknown extension attributes', { traceparent: '00-0af7', data: { input_tokens: 1, extra: { deep: [] } } }],
  ])('accepts %s', async (_name, changes) => {
    expect((await sendOne(changes)).json()).toEqual({ accepted: 1 });
  });

  it('tells inexact numbers by their item', async () => {
    const fine = JSON.stringify(event());
    const inexact = fine.replace('1200', '9007199254740993');
    expect(inexact).not.toBe(fine);
    const problem = (await send(`[${fine}, ${inexact},${fine}]`)).problem();
    expect(problem.errors).toMatchObject([{ index: 1, code: 'InexactNumber', pointer: '/data/input_tokens' }]);
    expect((await send(fine.replace('1200', '1e400'), ONE)).problem().errors?.[0]?.code).toBe('InexactNumber');
    expect((await send(fine.replace('1200', '1.2e3'), ONE)).status).toBe(202);
  });

  it.each<[string, string | Uint8Array<ArrayBuffer>, string, Record<string, string>, [number, string]]>([
    ['no JSON', '{', ONE, {}, [400, 'MalformedJson']],
    ['an empty body', '', ONE, {}, [400, 'MalformedJson']],
    ['trailing garbage', '{} x', ONE, {}, [400, 'MalformedJson']],
    ['comments', '/* */ {}', ONE, {}, [400, 'MalformedJson']],
    ['a byte order mark', `\ufeff{}`, ONE, {}, [400, 'MalformedJson']],
    ['bytes that are no UTF-8', new Uint8Array([0x22, 0xff, 0x22]), ONE, {}, [400, 'MalformedJson']],
    ['ten thousand levels', `${'['.repeat(10_000)}${']'.repeat(10_000)}`, BATCH, {}, [400, 'MalformedJson']],
    ['gzip that is none', 'plain', BATCH, { 'content-encoding': 'gzip' }, [400, 'MalformedJson']],
    ['another content type', '{}', 'text/plain', {}, [415, 'UnsupportedMediaType']],
    ['plain JSON', '{}', 'application/json', {}, [415, 'UnsupportedMediaType']],
    ['another character set', '{}', `${ONE}; charset=latin1`, {}, [415, 'UnsupportedMediaType']],
    ['another encoding', '{}', ONE, { 'content-encoding': 'br' }, [415, 'UnsupportedMediaType']],
    ['a list where one event is due', '[]', ONE, {}, [422, 'InvalidEvents']],
    ['one event where a list is due', '{}', BATCH, {}, [422, 'InvalidEvents']],
    ['an empty batch', '[]', BATCH, {}, [422, 'InvalidEvents']],
    ['a list of no events', '[null, 1, "x", []]', BATCH, {}, [422, 'InvalidEvents']],
    ['a body above the limit', ' '.repeat(8 * 1024 * 1024 + 1), BATCH, {}, [413, 'TooLarge']],
    [
      'a gzip bomb',
      new Uint8Array(gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x20))),
      BATCH,
      { 'content-encoding': 'gzip' },
      [413, 'TooLarge'],
    ],
  ])('answers %s with a problem', async (_name, raw, type, ...rest) => {
    const [headers, [status, code]] = rest;
    const answer = await send(raw, type, headers);
    expect(answer.problem()).toMatchObject({ status, code });
    expect(answer.status).toBe(status);
  });

  it('takes 1,000 events and refuses 1,001', async () => {
    const many = Array.from({ length: 1_001 }, () => event());
    expect((await send(JSON.stringify(many.slice(1)))).json()).toEqual({ accepted: 1_000 });
    expect((await send(JSON.stringify(many))).problem()).toMatchObject({ status: 413, code: 'TooLarge' });
  });

  it("takes an organisation's own usage only, from its key", async () => {
    const acme = await api.clientWith({ organisation: 'acme', scopes: ['ingest'] });
    const before = await published();
    const problem = (await send(JSON.stringify([event(), event({ subject: 'globex' })]), BATCH, {}, acme)).problem();
    expect(problem.errors).toEqual([
      expect.objectContaining({ index: 1, code: 'ForeignSubject', pointer: '/subject' }),
    ]);
    expect(await published()).toBe(before);
    expect((await send(JSON.stringify([event()]), BATCH, {}, acme)).status).toBe(202);
    const reader = await api.clientWith({ organisation: 'acme', scopes: ['read', 'write'] });
    expect((await send('[]', BATCH, {}, reader)).problem()).toMatchObject({ status: 403, code: 'ScopeMissing' });
  });

  it('takes usage of an account at once after it was opened, and none from before', async () => {
    const opened = await api.admin.put('/v1/organisations/opened-now', {
      json: { plan: 'free', openedAt: '2026-11-10T00:00:00Z' },
    });
    expect(opened.status).toBe(200);
    expect((await sendOne({ subject: 'opened-now' })).status).toBe(202);
    const early = await sendOne({ subject: 'opened-now', time: '2026-11-09T23:59:59Z' });
    expect(early.problem().errors?.[0]?.code).toBe('BeforeOpening');
  });

  it("measures a sandbox's usage from its own clock", async () => {
    const clock = { manual: '2030-01-10T00:00:00Z' };
    expect((await api.admin.put('/v1/organisations/sandbox', { json: { plan: 'free', clock } })).status).toBe(200);
    expect((await sendOne({ subject: 'sandbox', time: '2030-01-10T00:00:00Z' })).status).toBe(202);
    expect((await sendOne({ subject: 'sandbox' })).problem().errors?.[0]?.code).toMatch(/TooOld/);
  });
});

const backfill = (raw: string, type: string, query = ''): Promise<ApiAnswer> =>
  api.admin.post(`/v1/backfill/events${query}`, { raw, headers: { 'content-type': type } });

describe('POST /v1/backfill/events', () => {
  it('publishes usage of the past with its own time, and says whether closed cycles may be charged', async () => {
    const old = event({ subject: 'past', time: '2024-03-01T12:00:00Z' });
    const adjusted = event({ subject: 'past', time: '2024-03-02T12:00:00Z' });
    expect((await backfill(JSON.stringify([old]), BATCH)).json()).toEqual({ accepted: 1 });
    expect((await backfill(JSON.stringify(adjusted), ONE, '?adjust=true')).json()).toEqual({ accepted: 1 });
    const records = await api.recordsOf('usage.v1.backfill');
    expect(records.map((record) => [record.timestampMs, Object.keys(record.headers).toSorted()])).toEqual([
      [Date.UTC(2024, 2, 1, 12), ['content-type']],
      [Date.UTC(2024, 2, 2, 12), ['content-type', 'creditfold-adjust']],
    ]);
  });

  it('takes lines of JSON, and tells faulty ones by their number', async () => {
    const lines = [event({ time: '2024-03-01T12:00:00Z' }), event({ time: '2024-03-01T13:00:00Z' })];
    const text = lines.map((line) => JSON.stringify(line)).join('\r\n');
    expect((await backfill(`${text}\n\n`, 'application/x-ndjson')).json()).toEqual({ accepted: 2 });
    const problem = (await backfill(`${text}\n{"id":\n`, 'application/x-ndjson')).problem();
    expect(problem.errors).toEqual([expect.objectContaining({ index: 2, code: 'Unreadable' })]);
  });

  it('refuses the future, unknown parameters and keys without the scope', async () => {
    const ahead = JSON.stringify(event({ time: new Date(NOW_MS + 1).toISOString() }));
    expect((await backfill(ahead, ONE)).problem().errors?.[0]?.code).toBe('InFuture');
    expect((await backfill(ahead, ONE, '?adjust=maybe')).problem()).toMatchObject({
      status: 400,
      code: 'InvalidParameter',
    });
    expect((await backfill(ahead, ONE, '?force=true')).problem().errors?.[0]).toMatchObject({
      pointer: '/force',
      code: 'UnknownField',
    });
    const ingest = await api.clientWith({ organisation: null, scopes: ['ingest'] });
    expect((await ingest.post('/v1/backfill/events')).problem()).toMatchObject({ status: 403, code: 'ScopeMissing' });
  });
});

describe('a feed that cannot take usage', () => {
  it('is answered with 503 and when to try again, never with 202', async () => {
    const broken = await startApiHarness();
    await broken.publishCatalog();
    await broken.feed.close();
    const answer = await broken.admin.post('/v1/events', {
      raw: JSON.stringify(event()),
      headers: { 'content-type': ONE },
    });
    expect(answer.problem()).toMatchObject({ status: 503, code: 'FeedUnavailable' });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    await broken.stop();
  });
});
