import { beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { EventStoreUnavailable, MemoryEventStore, NO_STREAM, START } from '@app/event-store';
import { resumeIn, type SeenEvent } from './followed.js';

const newEvent = () => ({ id: randomUUID(), type: 'Noted', data: new Uint8Array([1]) });

describe('going on where one has followed the streams', () => {
  let store: MemoryEventStore;
  let seen: SeenEvent;
  beforeEach(async () => {
    store = new MemoryEventStore();
    await store.append([{ stream: 'account-a', expectedRevision: NO_STREAM, events: [newEvent(), newEvent()] }]);
    const [first] = await store.readStream('account-a', { maxCount: 1 });
    if (first === undefined) throw new Error('nothing was appended');
    seen = first;
  });

  it('begins at the start where nothing was followed', async () => {
    expect(await resumeIn(store, undefined)).toEqual({ after: START, seen: undefined });
  });

  it('goes on where the event that was seen last lies in its place', async () => {
    const done = { commit: 0n, prepare: 0n };
    expect(await resumeIn(store, { done, seen })).toEqual({ after: done, seen });
  });

  it.each<[string, Partial<SeenEvent>]>([
    ['lies elsewhere, as in a copy', { position: { commit: 7n, prepare: 7n } }],
    ['is another one, as after a restore', { id: randomUUID() }],
    ['was lost', { revision: 5n }],
    ['is of a stream that is not there', { stream: 'account-b' }],
  ])('begins anew where that event %s', async (_name, changed) => {
    const followed = { done: { commit: 9n, prepare: 9n }, seen: { ...seen, ...changed } };
    expect(await resumeIn(store, followed)).toEqual({ after: START, seen: undefined });
  });

  it('does not begin anew because a store is not reached', async () => {
    store.readStream = async () => Promise.reject(new EventStoreUnavailable('down'));
    await expect(resumeIn(store, { done: START, seen })).rejects.toBeInstanceOf(EventStoreUnavailable);
  });
});
