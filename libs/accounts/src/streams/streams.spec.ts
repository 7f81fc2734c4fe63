import { describe, expect, it } from '@jest/globals';
import { MemoryEventStore, MemorySnapshotStore, NO_STREAM } from '@app/event-store';
import { Fenced } from '../errors.js';
import { FaultyEventStore } from '../testing/faulty-event-store.js';
import { SMALL_CATALOG_DOCUMENT } from '../testing/small-catalog.js';
import { CatalogStream } from './catalog-stream.js';
import { loadOrCreateSecret } from './deployment-stream.js';
import { FeedStreams } from './feed-streams.js';

const NOW = Date.parse('2026-03-10T12:00:00Z');
const PARTITION = { topic: 'usage.v1', generation: 0, partition: 3 };

function feedStreams(store: MemoryEventStore, process: string, snapshots = new MemorySnapshotStore()): FeedStreams {
  return new FeedStreams({ store, snapshots, process, onWarning: () => undefined });
}
const positionAt = (
  nextOffset: bigint,
): Parameters<Awaited<ReturnType<FeedStreams['assign']>>['recordPosition']>[0] => ({
  nextOffset,
  last: { offset: nextOffset - 1n, timestampMs: NOW, hash: 'abcd' },
  markMs: NOW,
  atMs: NOW,
  records: [],
});

describe('FeedStreams', () => {
  it('starts without a position, and keeps the one recorded', async () => {
    const store = new MemoryEventStore();
    const first = await feedStreams(store, 'a').assign(PARTITION, NOW);
    expect(first.state.position).toBeNull();
    await first.recordPosition(positionAt(7n));
    const next = await feedStreams(store, 'b').assign(PARTITION, NOW);
    expect(next.state.position).toMatchObject({ nextOffset: 7n, markMs: NOW });
  });

  it('I7: a new owner fences the one before it', async () => {
    const store = new MemoryEventStore();
    const old = await feedStreams(store, 'a').assign(PARTITION, NOW);
    const next = await feedStreams(store, 'b').assign(PARTITION, NOW);
    await expect(old.recordPosition(positionAt(9n))).rejects.toThrow(Fenced);
    await next.recordPosition(positionAt(5n));
    expect((await feedStreams(store, 'c').read(PARTITION)).position?.nextOffset).toBe(5n);
  });

  it('appends in turn, however many are asked for at once', async () => {
    const store = new MemoryEventStore();
    const stream = await feedStreams(store, 'a').assign(PARTITION, NOW);
    await Promise.all([1n, 2n, 3n, 4n].map((offset) => stream.recordPosition(positionAt(offset))));
    expect(stream.revision).toBe(4n);
    expect((await feedStreams(store, 'a').read(PARTITION)).position?.nextOffset).toBe(4n);
  });

  it('knows who is parked, from a snapshot as from the stream', async () => {
    const store = new MemoryEventStore();
    const snapshots = new MemorySnapshotStore();
    const stream = await feedStreams(store, 'a', snapshots).assign(PARTITION, NOW);
    const parked = { type: 'AccountParked', reason: 'broken', detail: '', atMs: NOW, fromOffset: 2n } as const;
    await stream.append([
      { ...parked, organisation: 'acme' },
      { ...parked, organisation: 'other' },
    ]);
    await stream.append([{ type: 'AccountUnparked', organisation: 'other', atMs: NOW }]);
    for (let offset = 1n; offset <= 250n; offset += 1n) await stream.recordPosition(positionAt(offset));
    expect(await snapshots.load('feed-usage.v1-0-3')).toBeDefined();
    const fromSnapshot = await feedStreams(store, 'b', snapshots).read(PARTITION);
    expect([...fromSnapshot.parked.keys()]).toEqual(['acme']);
    expect(fromSnapshot).toEqual(await feedStreams(store, 'b').read(PARTITION));
  });

  it('is followed by those who do not own it', async () => {
    const store = new MemoryEventStore();
    const owned = await feedStreams(store, 'a').assign(PARTITION, NOW);
    const followed = await feedStreams(store, 'b').open(PARTITION);
    await owned.recordPosition(positionAt(7n));
    const parked = { organisation: 'acme', reason: 'broken', detail: '', atMs: NOW, fromOffset: 7n } as const;
    await owned.append([{ type: 'AccountParked', ...parked }]);
    await followed.follow();
    expect(followed.state).toEqual(owned.state);
    await owned.append([{ type: 'AccountUnparked', organisation: 'acme', atMs: NOW }]);
    await followed.follow();
    expect([...followed.state.parked.keys(), ...followed.state.releasing]).toEqual(['acme']);
    await owned.append([{ type: 'ParkedRecordsPublished', organisation: 'acme', atMs: NOW }]);
    await followed.follow();
    expect(followed.state).toEqual(await feedStreams(store, 'c').read(PARTITION));
    expect(followed.state.releasing.size).toBe(0);
  });

  it('counts generations of a topic up', async () => {
    const streams = feedStreams(new MemoryEventStore(), 'a');
    expect(await streams.generationOf('usage.v1')).toBe(0);
    for (const generation of [1, 2]) await streams.assign({ topic: 'usage.v1', generation, partition: 0 }, NOW);
    expect(await streams.generationOf('usage.v1')).toBe(2);
    expect(await streams.generationOf('other')).toBe(0);
  });
});

describe('CatalogStream', () => {
  const options = { expectedVersion: 0, nowMs: NOW, actor: null, fileHash: null };

  it('publishes versions one after the other, and others read them', async () => {
    const store = new MemoryEventStore();
    const [one, other] = [new CatalogStream(store, () => NOW), new CatalogStream(store, () => NOW + 5)];
    expect(await other.refresh()).toBeUndefined();
    expect(await one.publish(SMALL_CATALOG_DOCUMENT, options)).toMatchObject({ kind: 'published' });
    expect(await one.publish(SMALL_CATALOG_DOCUMENT, options)).toEqual({ kind: 'conflict', version: 1 });
    expect(await other.publish(SMALL_CATALOG_DOCUMENT, { ...options, expectedVersion: 1 })).toMatchObject({
      kind: 'published',
    });
    expect((await one.refresh())?.version).toBe(2);
    expect([one.knownAtMs, other.knownAtMs]).toEqual([NOW, NOW + 5]);
    expect((await one.version(1))?.document).toEqual(SMALL_CATALOG_DOCUMENT);
    expect(await one.version(3)).toBeUndefined();
  });

  it('refuses a document with faults, and one that changes what is effective', async () => {
    const catalogs = new CatalogStream(new MemoryEventStore(), () => NOW);
    expect(await catalogs.publish({ pools: 1 }, options)).toMatchObject({ kind: 'invalid' });
    await catalogs.publish(SMALL_CATALOG_DOCUMENT, options);
    const changed = structuredClone(SMALL_CATALOG_DOCUMENT);
    for (const { versions } of changed.rateCards)
      for (const { rates } of versions) for (const rate of rates) rate.price.credits = '2';
    const outcome = await catalogs.publish(changed, { ...options, expectedVersion: 1 });
    expect(outcome).toMatchObject({ kind: 'changes-history' });
    expect(catalogs.current?.version).toBe(1);
  });
});

describe('the deployment’s secret', () => {
  it('is made once, whoever comes first', async () => {
    const store = new MemoryEventStore();
    expect(await store.streamRevision('deployment')).toBe(NO_STREAM);
    const secrets = await Promise.all(Array.from({ length: 5 }, () => loadOrCreateSecret(store, NOW)));
    const texts = new Set(
      [...secrets, await loadOrCreateSecret(store, NOW)].map((each) => Buffer.from(each).toString('hex')),
    );
    expect(texts.size).toBe(1);
    expect([...texts][0]).toHaveLength(64);
  });

  it('is the one that an append with unknown outcome has made', async () => {
    const store = new FaultyEventStore(new MemoryEventStore());
    store.faults.push('after-commit');
    await expect(loadOrCreateSecret(store, NOW)).rejects.toThrow('after the commit');
    const secret = await loadOrCreateSecret(store, NOW);
    expect(await loadOrCreateSecret(store, NOW)).toEqual(secret);
  });
});
