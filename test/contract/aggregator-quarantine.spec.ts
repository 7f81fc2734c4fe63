import { afterEach, describe, expect, it } from '@jest/globals';
import type { PublishRecord } from '@app/usage-feed';
import { AggregatorWorld, DAY_MS, HOUR_MS, TOPICS } from '../support/aggregator-world.js';
import { CATALOG, eventOf, recordOf } from '../support/usage-records.js';

const NOW_MS = Date.parse('2026-11-20T10:00:00Z');
const NO_DEFAULT = { ...CATALOG, plans: CATALOG.plans.map((plan) => ({ ...plan, default: false })) };

let world: AggregatorWorld;
afterEach(async () => world.end());

const acme = Buffer.from('acme');
const good = { id: 'x', organisation: 'acme', timeMs: NOW_MS };
const bytes = (text: string): Buffer => Buffer.from(text);
const structured = { 'content-type': [bytes('application/cloudevents+json')] };
const valued = (value: Buffer | null, key: Buffer | null = acme): PublishRecord => ({
  key,
  value,
  headers: structured,
});
const json = (change: object, key: Buffer | null = acme): PublishRecord =>
  valued(bytes(JSON.stringify({ ...eventOf(good), ...change })), key);
const binary = (headers: Record<string, readonly Buffer[]>, value: Buffer | null): PublishRecord => ({
  key: acme,
  value,
  headers: {
    'content-type': [bytes('application/json')],
    ce_specversion: [bytes('1.0')],
    ce_id: [bytes('x')],
    ce_source: [bytes('/test')],
    ce_type: [bytes('trace.ingested')],
    ce_subject: [acme],
    ce_time: [bytes(new Date(NOW_MS).toISOString())],
    ...headers,
  },
});

/** Where a record ends up: in its account's quarantine, in the partition's stream, or charged. */
async function outcomeOf(record: PublishRecord): Promise<string> {
  const charged: string[] = [];
  for (const organisation of await world.organisations()) {
    for (const event of (await world.account(organisation)).events) {
      if (event.type === 'UsageCharged') charged.push(...event.evidence.map(({ id }) => id));
      if (event.type !== 'UsageQuarantined') continue;
      for (const { reason, payload } of event.records) {
        if (payload === '') return 'lost: quarantine kept nothing';
        return `${organisation}: ${reason}`;
      }
    }
  }
  for (const event of await world.feedEventsOf(TOPICS.live))
    if (event.type === 'FeedPositionRecorded')
      for (const { reason, sizeBytes } of event.records) {
        if (sizeBytes !== (record.value?.length ?? 0)) return `lost: ${sizeBytes} bytes`;
        return `nobody: ${reason}`;
      }
  return charged.includes('x') ? 'charged' : 'lost';
}

const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
const many = Object.fromEntries(Array.from({ length: 1_001 }, (_, n) => [`p${n}`, n]));

describe('records that are not charged, and those that only look odd (F23)', () => {
  it.each<[string, PublishRecord, string]>([
    ['a structured event', json({}), 'charged'],
    ['a null key', json({}, null), 'charged'],
    ['no content type, an object with specversion', { key: acme, value: json({}).value }, 'charged'],
    [
      'a content type with a charset',
      { ...json({}), headers: { 'content-type': [bytes('application/cloudevents+json; charset=UTF-8')] } },
      'charged',
    ],
    ['a binary event', binary({}, bytes('{"a":1}')), 'charged'],
    ['a binary event without data', binary({}, null), 'charged'],
    [
      'another charset',
      { ...json({}), headers: { 'content-type': [bytes('application/cloudevents+json; charset=latin1')] } },
      'nobody: InvalidEvent',
    ],
    [
      'another content type',
      { ...json({}), headers: { 'content-type': [bytes('text/plain')] } },
      'nobody: InvalidEvent',
    ],
    [
      'a content type given twice',
      { ...json({}), headers: { 'content-type': [bytes('a'), bytes('b')] } },
      'nobody: InvalidEvent',
    ],
    ['a binary id given twice', binary({ ce_id: [bytes('x'), bytes('y')] }, null), 'nobody: InvalidEvent'],
    ['a binary id that is no UTF-8', binary({ ce_id: [Buffer.from([0xff])] }, null), 'nobody: InvalidEvent'],
    ['binary data that is no JSON', binary({}, bytes('{')), 'acme: Unreadable'],
    ['no value (a tombstone)', valued(null), 'nobody: Unreadable'],
    ['an empty value', valued(Buffer.alloc(0)), 'nobody: Unreadable'],
    ['no JSON', valued(bytes('{"id":')), 'nobody: Unreadable'],
    ['an Avro magic byte', valued(Buffer.from([0, 0, 0, 0, 7, 2, 3])), 'nobody: Unreadable'],
    ['invalid UTF-8', valued(Buffer.from([0x22, 0xff, 0x22])), 'nobody: Unreadable'],
    ['a byte order mark', valued(bytes(`\ufeff${JSON.stringify(eventOf(good))}`)), 'nobody: Unreadable'],
    ['ten thousand levels', valued(bytes(deep)), 'nobody: Unreadable'],
    ['an array', valued(bytes('[]')), 'nobody: InvalidEvent'],
    ['another spec version', json({ specversion: '2.0' }), 'acme: InvalidEvent'],
    ['no id', json({ id: null }), 'acme: InvalidEvent'],
    ['a time without a zone', json({ time: '2026-11-20T10:00:00' }), 'acme: InvalidEvent'],
    ['a thousand and one properties', json({ data: many }), 'acme: InvalidEvent'],
    ['no organisation', json({ subject: '' }), 'nobody: NoOrganisation'],
    ['another key', json({}, bytes('bolt')), 'acme: KeyMismatch'],
    ['a key that is the name in another encoding', json({ subject: 'é' }, Buffer.from([0xe9])), 'é: KeyMismatch'],
    [
      'an inexact number',
      valued(bytes(JSON.stringify(eventOf(good)).replace(/}$/, ',"data":{"n":9007199254740993}}'))),
      'acme: InexactNumber',
    ],
    ['a negative quantity', json({ type: 'llm.completion', data: { tokens: -1 } }), 'acme: InvalidQuantity'],
    ['a value above the limit', json({ data: { text: 'x'.repeat(300_000) } }), 'nobody: TooLarge'],
    ['an unknown type', json({ type: 'nobody.knows' }), 'acme: UnknownEventType'],
    ['nothing to meter', json({ type: 'llm.completion', data: {} }), 'acme: NothingToMeter'],
    ['36 days ago', json({ time: new Date(NOW_MS - 36 * DAY_MS).toISOString() }), 'acme: TooOld'],
    ['25 hours ahead', json({ time: new Date(NOW_MS + 25 * HOUR_MS).toISOString() }), 'acme: InFuture'],
    ['before the opening', json({ time: new Date(NOW_MS - 30 * DAY_MS).toISOString() }), 'acme: BeforeOpening'],
  ])('%s', async (_name, record, expected) => {
    world = new AggregatorWorld(NOW_MS);
    await world.createTopics();
    await world.publishCatalog(CATALOG);
    const opening = [recordOf({ ...good, id: 'opens it' }), recordOf({ ...good, organisation: 'é', id: 'opens it' })];
    await world.publish([...opening, record]);
    await world.start();
    await world.drained();
    expect(await outcomeOf(record)).toBe(expected);
  });

  it.each([
    ['an unknown organisation', 'UnknownOrganisation', {}],
    ['an unknown organisation with an unknown type', 'UnknownOrganisation', { type: 'nobody.knows' }],
  ])('without a default plan: %s', async (_name, reason, change) => {
    world = new AggregatorWorld(NOW_MS);
    await world.createTopics();
    await world.publishCatalog(NO_DEFAULT);
    const record = json(change);
    await world.publish([record]);
    await world.start();
    await world.drained();
    expect(await outcomeOf(record)).toBe(`nobody: ${reason}`);
  });

  it('a record that is more than an hour ahead of our clock, whoever has stamped it', async () => {
    world = new AggregatorWorld(NOW_MS);
    await world.createTopics();
    await world.publishCatalog(CATALOG);
    world.nowMs += 2 * HOUR_MS;
    const record = recordOf(good);
    await world.publish([record]);
    world.nowMs -= 2 * HOUR_MS;
    await world.start();
    await world.drained();
    expect(await outcomeOf(record)).toBe('nobody: RecordTimeInFuture');
    const { position } = await world.feedState(TOPICS.live);
    expect(position?.markMs ?? Infinity).toBeLessThanOrEqual(NOW_MS + 2 * HOUR_MS);
  });

  it('the same id with other content: the first stands, and both hashes are kept (F18)', async () => {
    world = new AggregatorWorld(NOW_MS);
    await world.createTopics();
    await world.publishCatalog(CATALOG);
    await world.publish([recordOf(good), recordOf({ ...good, data: { other: 1 } }), recordOf(good)]);
    await world.start();
    await world.drained();
    const { events } = await world.account('acme');
    const conflicts = events.flatMap((event) => (event.type === 'UsageQuarantined' ? event.records : []));
    expect(conflicts).toMatchObject([{ reason: 'Conflict', offset: 1n, eventId: 'x' }]);
    expect(conflicts[0]?.hashes?.first).not.toBe(conflicts[0]?.hashes?.second);
  });
});
