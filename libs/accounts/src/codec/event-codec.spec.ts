import type { AccountEvent, EvidenceLine, UsageCharged } from '@app/metering';
import { describe, expect, it } from '@jest/globals';
import type * as z from 'zod';
import { accountEvents, decodeAccountEvent, encodeAccountEvent, visitStoredUsage } from './account-codec.js';
import { CorruptEvent, NewerEventVersion } from './codec-errors.js';
import { creditSchemas } from './credit-schemas.js';
import { EventCodec, jsonDefinition, jsonUpcaster } from './event-codec.js';
import { chainStart, sealEvent, verifyChain } from './hash-chain.js';

const start = chainStart('account-acme');
const voided: AccountEvent = { type: 'GrantVoided', atMs: 1_700_000_000_000, entries: [], grant: 'g-1' };

const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

const line = (index: number): EvidenceLine => ({
  source: 'app',
  id: `job-${String(index).padStart(5, '0')}`,
  contentHash: { contentHigh: 0xff_ff_ff_ff, contentLow: index },
  timeMs: 1_700_000_000_000 + index,
  usageTimeMs: 1_700_000_000_000 + index,
  offset: BigInt(index),
  recordTimestampMs: 1_700_000_000_500,
  dimensions: 0,
  lines: [{ use: 0, quantityNanos: BigInt(index) * 1_000_000_000n, creditsNanos: BigInt(index) * 333_333_333n }],
});

const usage = (lines: readonly EvidenceLine[]): UsageCharged => ({
  type: 'UsageCharged',
  atMs: 1_700_000_000_500,
  feed: { topic: 'usage', generation: 0, partition: 3, first: 5n, last: 9n },
  catalogVersion: 1,
  uses: [],
  dimensions: [[['project', 'x']]],
  groups: [],
  draws: [],
  samples: [],
  refundGrants: [],
  payments: [],
  days: [19_675],
  evidence: lines,
});

describe('the chain', () => {
  it('continues from event to event, and gives equal ids for equal events in the same place only', () => {
    const first = encodeAccountEvent(voided, start);
    const second = encodeAccountEvent(voided, first.hash);
    expect(encodeAccountEvent(voided, start).id).toBe(first.id);
    expect(second.id).not.toBe(first.id);
    expect(first.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Buffer.from(decodeAccountEvent(second).hash).equals(second.hash)).toBe(true);
    expect(verifyChain(first.hash, second)).toEqual({ isIntact: true, hash: second.hash });
  });

  it.each([
    ['hash', { previous: chainStart('account-other') }],
    ['hash', { type: 'CreditsAdjusted' }],
    ['id', { id: '00000000-0000-8000-8000-000000000000' }],
    ['length', { data: new Uint8Array(32) }],
  ])('says that the %s differs when an event was put elsewhere or changed', (differs, change) => {
    const { previous, ...changed } = { ...encodeAccountEvent(voided, start), previous: start, ...change };
    expect(verifyChain(previous, changed)).toEqual({ isIntact: false, differs });
  });
});

describe('versions', () => {
  it('refuses a newer version with a message that says what to do', () => {
    const { data } = sealEvent('GrantVoided', 2, json({}), start);
    expect(() => decodeAccountEvent({ type: 'GrantVoided', data })).toThrow(NewerEventVersion);
    expect(() => decodeAccountEvent({ type: 'GrantVoided', data })).toThrow(
      'The stream holds a GrantVoided event of version 2, and this release reads up to 1. ' +
        'Run a release at least as new as the one that wrote it.',
    );
  });

  it('refuses a type that it does not know', () => {
    const { data } = sealEvent('CreditsDonated', 1, json({}), start);
    expect(() => decodeAccountEvent({ type: 'CreditsDonated', data })).toThrow('which this release does not know');
  });

  it('reads an older version through its upcaster, and refuses it without', () => {
    const { data } = sealEvent('GrantVoided', 0, json({ type: 'GrantVoided', atMs: 1, grantId: 'g-1' }), start);
    const upcaster = jsonUpcaster('GrantVoided', (old) => {
      const { grantId, ...rest } = old as { grantId: string };
      return { ...rest, entries: [], grant: grantId };
    });
    const reading = accountEvents.withUpcaster('GrantVoided', 0, upcaster);
    expect(reading.decode({ type: 'GrantVoided', data }).event).toEqual({ ...voided, atMs: 1 });
    expect(() => decodeAccountEvent({ type: 'GrantVoided', data })).toThrow(CorruptEvent);
  });

  it('goes through every version between, and continues the chain from the bytes that are stored (I5, I6)', () => {
    const oldest = sealEvent('GrantVoided', 0, json({ type: 'GrantVoided', at: '1970-01-01T00:00:00Z' }), start);
    const definition = jsonDefinition('GrantVoided', creditSchemas.GrantVoided);
    const later = new EventCodec<z.output<typeof creditSchemas.GrantVoided>>('account-<organisation>', {
      GrantVoided: { ...definition, version: 2 },
    })
      .withUpcaster(
        'GrantVoided',
        0,
        jsonUpcaster('GrantVoided', () => ({ type: 'GrantVoided', atMs: 0 })),
      )
      .withUpcaster(
        'GrantVoided',
        1,
        jsonUpcaster('GrantVoided', (old) => ({ ...(old as object), grant: 'g-1', entries: [] })),
      );
    const { event, hash } = later.decode(oldest);
    expect(event).toEqual({ ...voided, atMs: 0 });
    const next = later.encode({ ...event, atMs: 2 }, hash);
    expect(next.data[0]).toBe(2);
    expect([verifyChain(start, oldest), verifyChain(hash, next)]).toMatchObject([
      { isIntact: true },
      { isIntact: true },
    ]);
  });
});

describe('recharges', () => {
  it('that were requested before their terms were recorded have none', () => {
    const { terms: _terms, ...old } = accountEvents.view({
      type: 'RechargeRequested',
      atMs: 1,
      entries: [],
      purchase: 'recharge-1',
      package: 'pack',
      price: { amountMinor: 1_000n, currency: 'EUR' },
      terms: null,
      by: { kind: 'instant' },
    }) as { terms: unknown };
    const { data } = sealEvent('RechargeRequested', 1, json(old), start);
    expect(decodeAccountEvent({ type: 'RechargeRequested', data }).event).toMatchObject({
      purchase: 'recharge-1',
      terms: null,
    });
  });
});

describe('JSON bodies', () => {
  it.each([
    ['no JSON', Buffer.from('{')],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['another type', json({ ...voided, type: 'CreditsAdjusted' })],
    ['an unknown field', json({ ...voided, more: 1 })],
    ['a missing field', json({ ...voided, grant: undefined })],
    ['a number for a text', json({ ...voided, grant: 1 })],
  ])('are refused when they hold %s', (_, body) => {
    const { data } = sealEvent('GrantVoided', 1, body, start);
    expect(() => decodeAccountEvent({ type: 'GrantVoided', data })).toThrow(CorruptEvent);
  });
});

describe('evidence', () => {
  it('is decoded when it is first read, so that projections never pay for it', () => {
    const { data } = encodeAccountEvent(usage([line(1)]), start);
    const broken = new Uint8Array(data);
    broken.fill(0xff, 33 + 2, 33 + 30);
    const { event } = decodeAccountEvent({ type: 'UsageCharged', data: broken });
    expect(event).toHaveProperty('days', [19_675]);
    expect(() => (event as UsageCharged).evidence).toThrow(CorruptEvent);
  });

  it('gives what deduplication needs without building lines', () => {
    const lines = Array.from({ length: 40 }, (_, index) => line(index));
    const { data } = encodeAccountEvent(usage(lines), start);
    const met: unknown[] = [];
    visitStoredUsage({ type: 'UsageCharged', data }, (event) => met.push(event));
    expect(met).toEqual(lines.map(({ source, id, contentHash, timeMs }) => ({ source, id, contentHash, timeMs })));
    expect((decodeAccountEvent({ type: 'UsageCharged', data }).event as UsageCharged).evidence).toEqual(lines);
  });
});
