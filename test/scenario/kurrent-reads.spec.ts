import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { jsonEvent } from '@eventstore/db-client';
import { EventStoreUnavailable, KurrentEventStore, NO_STREAM, START, StreamDeleted } from '@app/event-store';
import { appendTo, noted } from '../support/eventstoredb/noted.js';
import {
  appendEventually,
  named,
  startKurrentStores,
  type KurrentStores,
} from '../support/eventstoredb/kurrent-stores.js';
import { StandInServer } from '../support/eventstoredb/stand-in-server.js';

/** Longer than any test: what waits for so long was never woken. */
const LONG_MS = 3_600_000;
/** Events between two checkpoints of the server, as the adapter asks for them. */
const WINDOW = 512;

describe('reads of EventStoreDB', () => {
  let stores: KurrentStores;
  let server: KurrentStores['server'];
  let store: KurrentStores['store'];
  let hasty: KurrentStores['hasty'];
  let client: KurrentStores['client'];
  beforeAll(async () => {
    stores = await startKurrentStores();
    ({ server, store, hasty, client } = stores);
  });
  beforeEach(async () => server.plan());
  afterAll(async () => stores.close());

  const fill = async (count: number): Promise<string> => {
    const stream = named();
    await store.append([{ stream, expectedRevision: NO_STREAM, events: Array.from({ length: count }, () => noted()) }]);
    return stream;
  };

  /** As many events of somebody else. */
  const foreign = async (count: number): Promise<void> => {
    const events = Array.from({ length: count }, () => noted());
    await store.append([{ stream: `others-${named()}`, expectedRevision: NO_STREAM, events }]);
  };

  it('an empty store has its head at the start, though the server wrote events of its own', async () => {
    const fresh = await StandInServer.start();
    const empty = await KurrentEventStore.connect({ url: fresh.url });
    expect(await empty.head()).toEqual(START);
    const page = await empty.readAll({ after: START, maxCount: 10 });
    expect(page).toMatchObject({ events: [], isEnd: true });
    await empty.append([appendTo(named())]);
    expect((await empty.readAll({ after: page.position, maxCount: 10 })).events).toHaveLength(1);
    await empty.close();
    await fresh.stop();
  });

  it('go on behind any position that the server gave, commit and prepare', async () => {
    const before = await store.head();
    await fill(6);
    const { events } = await store.readAll({ after: before, maxCount: 100 });
    expect(events.some(({ position }) => position.commit !== position.prepare)).toBe(true);
    for (const [nth, { position }] of events.entries()) {
      const page = await store.readAll({ after: position, maxCount: 100 });
      expect(page).toMatchObject({ events: events.slice(nth + 1), isEnd: true, position: events.at(-1)?.position });
    }
  });

  it('an invented position is an error, and none that a retry would mend', async () => {
    const { commit } = await store.head();
    const invented = store.readAll({ after: { commit: commit + 1n, prepare: commit + 1n }, maxCount: 1 });
    await expect(invented).rejects.toThrow('InvalidPosition');
    await expect(invented).rejects.not.toBeInstanceOf(EventStoreUnavailable);
  });

  it('pass over the events of the server itself, however many', async () => {
    await fill(1);
    const head = await store.head();
    await server.appendSystemEvents(200);
    expect(await store.head()).toEqual(head);
    const passed = await store.readAll({ after: head, maxCount: 10 });
    expect(passed.events).toEqual([]);
    expect(passed.position.commit).toBeGreaterThan(head.commit);
    const stream = await fill(2);
    for (const after of [head, passed.position]) {
      const page = await store.readAll({ after, maxCount: 200 });
      expect(page.events.map((event) => [event.stream, event.revision])).toEqual([
        [stream, 0n],
        [stream, 1n],
      ]);
    }
  });

  it("leave it to the server to pass over other applications' streams, however many, and miss nothing", async () => {
    const prefix = `account-${named()}`;
    const wanted = async (nth: number): Promise<void> => {
      await store.append([appendTo(`${prefix}-${nth}`)]);
    };
    const before = await store.head();
    await wanted(1);
    await foreign(3_000);
    await wanted(2);
    await foreign(3_000);
    const seen: string[] = [];
    const { read: readsBefore } = await server.calls();
    for (let [after, isEnd] = [before, false]; !isEnd;) {
      const page = await store.readAll({ after, maxCount: 100, streamPrefixes: [prefix] });
      seen.push(...page.events.map(({ stream }) => stream));
      ({ position: after, isEnd } = page);
    }
    expect(seen).toEqual([`${prefix}-1`, `${prefix}-2`]);
    // Sixty pages of a hundred events each would be read otherwise.
    const { read, subscribe } = await server.calls();
    expect((read ?? 0) - (readsBefore ?? 0)).toBeLessThan(30);
    expect(subscribe).toBeGreaterThan(0);
  });

  it('miss no event that lies right before or behind a checkpoint of the server', async () => {
    const seen: string[] = [];
    const expected: string[] = [];
    const prefix = `account-${named()}`;
    let after = await store.head();
    for (let window = WINDOW - 1; window <= WINDOW + 2; window += 1) {
      // A page of fifty is read before the server is asked.
      await foreign(50 + window);
      await store.append([appendTo(`${prefix}-${window}`)]);
      await foreign(2 * WINDOW);
      expected.push(`${prefix}-${window}`);
      for (let isEnd = false; !isEnd;) {
        const page = await store.readAll({ after, maxCount: 50, streamPrefixes: [prefix] });
        seen.push(...page.events.map(({ stream }) => stream));
        ({ position: after, isEnd } = page);
      }
    }
    expect(seen).toEqual(expected);
  });

  it('read on event by event where the server says nothing of a filter', async () => {
    const [before, prefix] = [await store.head(), `account-${named()}`];
    await foreign(300);
    await store.append([appendTo(`${prefix}-1`)]);
    await server.plan({ method: 'subscribe', action: 'refuse', times: 100 });
    const seen: string[] = [];
    for (let [after, isEnd] = [before, false]; !isEnd;) {
      const page = await store.readAll({ after, maxCount: 50, streamPrefixes: [prefix] });
      seen.push(...page.events.map(({ stream }) => stream));
      ({ position: after, isEnd } = page);
    }
    expect(seen).toEqual([`${prefix}-1`]);
  });

  it('never take a part for the whole: a read that breaks off fails', async () => {
    const [before, stream] = [await store.head(), await fill(20)];
    await server.plan({ method: 'read', action: 'cut', afterEvents: 7, times: 2 });
    await expect(store.readStream(stream, { maxCount: 20 })).rejects.toBeInstanceOf(EventStoreUnavailable);
    await expect(store.readAll({ after: before, maxCount: 20 })).rejects.toBeInstanceOf(EventStoreUnavailable);
    expect(await store.readStream(stream, { maxCount: 20 })).toHaveLength(20);
  });

  it('that bring nothing are given up, since the client sets them no deadline', async () => {
    const stream = await fill(1);
    await server.plan({ method: 'read', action: 'hold', times: 3 });
    await expect(hasty.readStream(stream, { maxCount: 1 })).rejects.toBeInstanceOf(EventStoreUnavailable);
    await expect(hasty.readAll({ after: START, maxCount: 1 })).rejects.toBeInstanceOf(EventStoreUnavailable);
    await expect(hasty.head()).rejects.toBeInstanceOf(EventStoreUnavailable);
  });

  it('more of them than a connection takes at once wait for their turn, beside appends and waiters', async () => {
    const stream = await fill(3);
    await server.plan({ method: 'read', action: 'delay', delayMs: 30, times: 150 });
    const head = await store.head();
    const waiting = Array.from({ length: 120 }, () => store.waitForAppend(head, LONG_MS));
    const reads = Array.from({ length: 150 }, () => store.readStream(stream, { maxCount: 3 }));
    const appends = store.append(Array.from({ length: 100 }, () => appendTo(named())));
    expect((await Promise.all(reads)).every(({ length }) => length === 3)).toBe(true);
    expect(await appends).toHaveLength(100);
    await Promise.all(waiting);
  });

  it('a stream whose beginning was cut off is no stream to decide from', async () => {
    const stream = await fill(5);
    await client.appendToStream(`$$${stream}`, jsonEvent({ type: '$metadata', data: { $tb: 2 } }));
    await expect(store.readStream(stream, { maxCount: 10 })).rejects.toBeInstanceOf(StreamDeleted);
    await expect(store.readStream(stream, { direction: 'backwards', maxCount: 10 })).rejects.toThrow(StreamDeleted);
    expect(await store.readStream(stream, { from: 2n, maxCount: 10 })).toHaveLength(3);
    expect(await store.streamRevision(stream)).toBe(4n);
  });

  it("a foreign writer's JSON comes back as its text", async () => {
    const stream = named();
    await client.appendToStream(stream, jsonEvent({ type: 'Noted', data: { credits: '12' } }));
    const [event] = await store.readStream(stream, { maxCount: 1 });
    expect(new TextDecoder().decode(event?.data)).toBe('{"credits":"12"}');
  });
});

describe('waiting for an append to EventStoreDB', () => {
  let server: StandInServer;
  let store: KurrentEventStore;
  beforeEach(async () => {
    server = await StandInServer.start();
    store = await KurrentEventStore.connect({ url: server.url });
    await store.append([appendTo(named())]);
  });
  const close = async (): Promise<void> => {
    await store.close();
    await server.stop();
  };

  it('many waiters share one subscription, which ends with them', async () => {
    const head = await store.head();
    const waiting = Array.from({ length: 50 }, () => store.waitForAppend(head, LONG_MS));
    await store.append([appendTo(named())]);
    await Promise.all(waiting);
    expect((await server.calls())['subscribe']).toBe(1);
    const startedAt = Date.now();
    await store.waitForAppend(await store.head(), 50);
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(45);
    await close();
  });

  it('misses nothing that came between the read and the wait', async () => {
    const head = await store.head();
    await store.append([appendTo(named())]);
    expect(await store.waitForAppend(head, LONG_MS)).toBeUndefined();
    await close();
  });

  it.each([
    ['is refused', { action: 'refuse', times: 2 }],
    ['breaks off', { action: 'cut', afterEvents: 0 }],
  ] as const)('subscribes again when the subscription %s', async (_name, fault) => {
    await server.plan({ method: 'subscribe', ...fault });
    const waiting = store.waitForAppend(await store.head(), LONG_MS);
    await store.append([appendTo(named())]);
    await waiting;
    expect((await server.calls())['subscribe']).toBeGreaterThan(1);
    await close();
  });

  it('outlives the death of the server', async () => {
    const waiting = store.waitForAppend(await store.head(), LONG_MS);
    await server.kill();
    await server.startAgain();
    await appendEventually(store, appendTo(named()));
    expect(await waiting).toBeUndefined();
    await close();
  });

  it('resolves when the store is closed', async () => {
    const waiting = store.waitForAppend(await store.head(), LONG_MS);
    await close();
    await waiting;
    expect(await store.waitForAppend(START, LONG_MS)).toBeUndefined();
  });
});
