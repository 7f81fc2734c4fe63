import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { binaryEvent, MaxAppendSizeExceededError } from '@eventstore/db-client';
import { EventStoreUnavailable, InvalidAppend, KurrentEventStore, NO_STREAM, StreamDeleted } from '@app/event-store';
import { eventually } from '../support/eventually.js';
import { appendTo, noted } from '../support/eventstoredb/noted.js';
import { named, startKurrentStores, type KurrentStores } from '../support/eventstoredb/kurrent-stores.js';
import { StandInServer } from '../support/eventstoredb/stand-in-server.js';

describe('appends to EventStoreDB', () => {
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

  it('an empty append "succeeds" with revision 0: it is refused before the client', async () => {
    const stream = named();
    expect(await client.appendToStream(stream, [], { expectedRevision: 'no_stream' })).toMatchObject({
      success: true,
      nextExpectedRevision: 0n,
    });
    const { append } = await server.calls();
    await expect(store.append([{ stream, expectedRevision: NO_STREAM, events: [] }])).rejects.toThrow(InvalidAppend);
    expect((await server.calls())['append']).toBe(append);
  });

  it('above 1 MiB nothing is kept; types count there, so that our limit does not always come first', async () => {
    const stream = named();
    const large = binaryEvent({ type: 'Noted', data: new Uint8Array(1024 * 1024) });
    const [batch, plain] = [{}, { credentials: { username: 'a', password: 'b' } }];
    for (const options of [batch, plain]) {
      await expect(client.appendToStream(stream, large, options)).rejects.toThrow(MaxAppendSizeExceededError);
    }
    const events = Array.from({ length: 1_500 }, () => ({ ...noted(660), type: 'T'.repeat(64) }));
    await expect(store.append([{ stream, expectedRevision: NO_STREAM, events }])).rejects.toThrow(InvalidAppend);
    expect(await store.streamRevision(stream)).toBe(NO_STREAM);
  });

  it('go to many streams at once, at most 64 in flight, and never by the call that mixes up clients', async () => {
    await server.plan({ method: 'append', action: 'hold', times: 200 });
    const appending = store.append(Array.from({ length: 200 }, () => appendTo(named())));
    await eventually('64 are in flight', async () => (await server.calls())['appendsInFlight'] === 64);
    await server.plan();
    expect((await appending).filter(({ kind }) => kind === 'appended')).toHaveLength(200);
    const { appendsInFlight, batchAppend: before } = await server.calls();
    expect(appendsInFlight).toBe(64);
    await store.append([appendTo(named())]);
    expect((await server.calls())['batchAppend']).toBe(before);
  });

  it.each([
    ['the connection drops after the commit', { action: 'drop-after-commit' }, 0n],
    ['no answer ever comes', { action: 'silence-after-commit' }, 0n],
    ['the server refuses', { action: 'refuse' }, NO_STREAM],
    ['an error that nobody knows', { action: 'refuse', code: 2 }, NO_STREAM],
    ['the server times out', { action: 'refuse', code: 10 }, NO_STREAM],
    ['the deadline passes before the commit', { action: 'hold' }, NO_STREAM],
  ] as const)('have an unknown outcome when %s, and a repetition finds out', async (_name, fault, revision) => {
    const append = appendTo(named());
    await server.plan({ method: 'append', ...fault, times: 10_000 });
    const appends = async (): Promise<number> => (await server.calls())['append'] ?? 0;
    const before = await appends();
    // A busy server may not have taken the call before its deadline: then it has not met the fault.
    do await expect(hasty.append([append])).rejects.toBeInstanceOf(EventStoreUnavailable);
    while ((await appends()) === before);
    await eventually('the commit', async () => (await store.streamRevision(append.stream)) === revision);
    await server.plan();
    const first = await store.append([append]);
    expect(first).toMatchObject([{ kind: 'appended', revision: 0n }]);
    expect(await store.append([append])).toEqual(first);
    expect(await store.readStream(append.stream, { maxCount: 10 })).toHaveLength(1);
  });

  it('are repetitions when the very events are there, even where the server speaks of a conflict', async () => {
    const append = appendTo(named());
    const first = await store.append([append]);
    const trailers = {
      exception: 'wrong-expected-version',
      'stream-name': append.stream,
      'expected-version': '-1',
      'actual-version': '0',
    };
    await server.plan({ method: 'append', action: 'refuse', code: 9, trailers, times: 2 });
    expect(await store.append([append])).toEqual(first);
    expect(await store.append([{ ...append, events: [noted()] }])).toEqual([
      { kind: 'conflict', stream: append.stream, actualRevision: 0n },
    ]);
  });

  it('are given up together when the store does not answer one of them', async () => {
    await server.plan({ method: 'append', action: 'silence-after-commit', times: 10_000 });
    const { append: before = 0 } = await server.calls();
    const appends = Array.from({ length: 2_000 }, () => appendTo(named()));
    await expect(hasty.append(appends)).rejects.toBeInstanceOf(EventStoreUnavailable);
    // Those that were in flight with it: none of the others was tried, nor waited for.
    expect(((await server.calls())['append'] ?? 0) - before).toBeLessThanOrEqual(64);
  });

  it.each([
    ['softly deleted', 'deleteStream'],
    ['tombstoned', 'tombstoneStream'],
  ] as const)('to a %s stream raise StreamDeleted, as reads do, and neighbours are appended', async (_name, remove) => {
    const [stream, neighbour] = [named(), named()];
    await store.append([{ stream, expectedRevision: NO_STREAM, events: [noted(), noted(), noted()] }]);
    await client[remove](stream);
    await expect(store.readStream(stream, { maxCount: 9 })).rejects.toBeInstanceOf(StreamDeleted);
    await expect(store.streamRevision(stream)).rejects.toMatchObject({ code: 'StreamDeleted', stream });
    await expect(store.append([appendTo(stream), appendTo(neighbour)])).rejects.toBeInstanceOf(StreamDeleted);
    expect(await store.streamRevision(neighbour)).toBe(0n);
    await expect(store.readStream(stream, { maxCount: 9 })).rejects.toBeInstanceOf(StreamDeleted);
  });

  it('share one client by url, which lives until the last store is closed', async () => {
    const other = await KurrentEventStore.connect({ url: server.url });
    await other.append([appendTo(named())]);
    await other.close();
    await other.close();
    expect(await store.append([appendTo(named())])).toMatchObject([{ kind: 'appended' }]);
  });

  it('to one server do not suffer when another dies under its own', async () => {
    const dying = await StandInServer.start();
    const victim = await KurrentEventStore.connect({ url: dying.url });
    await dying.plan({ method: 'append', action: 'die', skip: 20 });
    await server.plan({ method: 'append', action: 'delay', delayMs: 50, times: 64 });
    const [lost, kept] = await Promise.allSettled([
      victim.append(Array.from({ length: 64 }, () => appendTo(named()))),
      store.append(Array.from({ length: 64 }, () => appendTo(named()))),
    ]);
    expect(lost).toMatchObject({ status: 'rejected' });
    expect(kept).toMatchObject({ status: 'fulfilled' });
    await victim.close();
    await dying.stop();
  });
});
