import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventStoreUnavailable, KurrentEventStore, NO_STREAM } from '@app/event-store';
import { appendEventually, named } from '../support/eventstoredb/kurrent-stores.js';
import { appendTo } from '../support/eventstoredb/noted.js';
import { StandInServer } from '../support/eventstoredb/stand-in-server.js';
import { freePort } from '../support/free-port.mjs';

describe('outages of EventStoreDB', () => {
  let server: StandInServer;
  beforeEach(async () => {
    server = await StandInServer.start();
  });
  afterEach(async () => server.stop());

  it.each([
    ['one node', async () => `esdb://127.0.0.1:${await freePort()}?tls=false`],
    [
      'discovery among several',
      async () => `esdb://127.0.0.1:${await freePort()},127.0.0.1:${await freePort()}?tls=false&maxDiscoverAttempts=2`,
    ],
  ])('a store that cannot be reached is unavailable: %s', async (_name, url) => {
    await expect(KurrentEventStore.connect({ url: await url() })).rejects.toBeInstanceOf(EventStoreUnavailable);
  });

  it('a leader is found among several nodes, and a cluster that came back is found again', async () => {
    const [, live] = /esdb:\/\/(.*)\?/.exec(server.url) ?? [];
    const url = `esdb://127.0.0.1:${await freePort()},${live}?tls=false&maxDiscoverAttempts=2`;
    const store = await KurrentEventStore.connect({ url });
    const append = appendTo(named());
    await store.append([append]);
    await server.kill();
    await expect(store.append([append])).rejects.toBeInstanceOf(EventStoreUnavailable);
    await expect(store.head()).rejects.toBeInstanceOf(EventStoreUnavailable);
    await server.startAgain();
    expect(await appendEventually(store, append)).toMatchObject({ kind: 'appended', revision: 0n });
    await store.close();
  });

  it('a node that is no leader is left for the one that is', async () => {
    const store = await KurrentEventStore.connect({ url: server.url });
    const [host = '', port = ''] = new URL(server.url.replace('esdb', 'http')).host.split(':');
    const trailers = { exception: 'not-leader', 'leader-endpoint-host': host, 'leader-endpoint-port': port };
    await server.plan({ method: 'append', action: 'refuse', code: 5, trailers });
    const append = appendTo(named());
    await expect(store.append([append])).rejects.toBeInstanceOf(EventStoreUnavailable);
    expect(await store.append([append])).toMatchObject([{ kind: 'appended', revision: 0n }]);
    await store.close();
  });

  it("the server's clock is its own, and is unavailable with it", async () => {
    const store = await KurrentEventStore.connect({ url: server.url });
    const askedAtMs = Date.now();
    const serversMs = (await store.now()).getTime();
    // Of some moment of the call, in whole seconds.
    expect(serversMs).toBeGreaterThan(askedAtMs - 5_000);
    expect(serversMs).toBeLessThanOrEqual(Date.now());
    await server.kill();
    await expect(store.now()).rejects.toBeInstanceOf(EventStoreUnavailable);
    await store.close();
  });

  it('kill -9 under load loses no acknowledged append, and the same client goes on', async () => {
    const store = await KurrentEventStore.connect({ url: server.url });
    const acknowledged = new Map<string, bigint>();
    const ending = new AbortController();
    const write = async (stream: string): Promise<void> => {
      let revision = NO_STREAM;
      while (!ending.signal.aborted) {
        // Of unknown outcome, it is repeated with the same ids until the store tells.
        const outcome = await appendEventually(store, appendTo(stream, revision));
        expect(outcome).toMatchObject({ kind: 'appended', revision: revision + 1n });
        revision += 1n;
        acknowledged.set(stream, revision);
      }
    };
    const writers = Array.from({ length: 16 }, () => write(named()));
    for (let round = 0; round < 3; round += 1) {
      await sleep(300);
      await server.kill();
      await server.startAgain();
    }
    await sleep(300);
    ending.abort();
    await Promise.all(writers);
    for (const [stream, revision] of acknowledged) {
      expect(await store.streamRevision(stream)).toBe(revision);
    }
    expect(acknowledged.size).toBe(16);
    await store.close();
  });
});
