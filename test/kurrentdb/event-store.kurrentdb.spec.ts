import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { EventStoreDBClient } from '@eventstore/db-client';
import { KurrentEventStore, NO_STREAM, StreamDeleted } from '@app/event-store';
import { eventStoreContract } from '@app/event-store/testing';
import { noted } from '../support/eventstoredb/noted.js';
import { eventStoreDbFacts } from '../support/eventstoredb/server-facts.js';

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

eventStoreDbFacts('A real server', async () => urlOfServer());

describe('what an operator deleted on a real server', () => {
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
});
