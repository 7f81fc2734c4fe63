import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { EventStoreDBClient } from '@eventstore/db-client';
import { KurrentEventStore, NO_STREAM, StreamDeleted } from '@app/event-store';
import { eventStoreContract } from '@app/event-store/testing';
import { noted } from '../support/eventstoredb/noted.js';

/** It may hold others' events; these tests write to streams of their own and leave them there. */
function urlOfServer(): string {
  const url = process.env['KURRENTDB_URL'];
  if (url === undefined || url === '') throw new Error('KURRENTDB_URL names no server: esdb://user:password@host:2113');
  return url;
}

eventStoreContract(
  'KurrentEventStore on a real server',
  async () => KurrentEventStore.connect({ url: urlOfServer() }),
  {
    isCounting: false,
  },
);

describe('what the stand-in server says of the real one', () => {
  it.each([
    ['softly deleted', 'deleteStream'],
    ['tombstoned', 'tombstoneStream'],
  ] as const)('a %s stream raises StreamDeleted', async (_name, remove) => {
    const store = await KurrentEventStore.connect({ url: urlOfServer() });
    const stream = `removed-${randomUUID()}`;
    await store.append([{ stream, expectedRevision: NO_STREAM, events: [noted(), noted()] }]);
    await EventStoreDBClient.connectionString(urlOfServer())[remove](stream);
    await expect(store.readStream(stream, { maxCount: 10 })).rejects.toBeInstanceOf(StreamDeleted);
    await expect(store.append([{ stream, expectedRevision: NO_STREAM, events: [noted()] }])).rejects.toBeInstanceOf(
      StreamDeleted,
    );
    await store.close();
  });

  it('a batch appended at once is one conflict when only a part of it is there, and repeats as a whole', async () => {
    const store = await KurrentEventStore.connect({ url: urlOfServer() });
    const [stream, given] = [`repeated-${randomUUID()}`, [noted(), noted(), noted()]];
    const append = { stream, expectedRevision: NO_STREAM, events: given };
    const first = await store.append([append]);
    await store.append([{ stream, expectedRevision: 2n, events: [noted()] }]);
    expect(await store.append([append])).toEqual(first);
    const outcomes = await store.append([{ ...append, events: [...given, noted()] }]);
    expect(outcomes).toEqual([{ kind: 'conflict', stream, actualRevision: 3n }]);
    await store.close();
  });
});
