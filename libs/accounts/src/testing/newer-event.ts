import type { EventStore } from '@app/event-store';
import { sealEvent, type EncodedEvent } from '../codec/hash-chain.js';
import { chainStart, decodeAccountEvent } from '../codec/index.js';
import { accountStream } from '../repository/loaded-account.js';

/** Appends to an account what a later release would: an event of a version that this one does not know yet. */
export async function appendNewerEvent(store: EventStore, organisation: string): Promise<EncodedEvent> {
  const stream = accountStream(organisation);
  const [last] = await store.readStream(stream, { direction: 'backwards', maxCount: 1 });
  const previous = last === undefined ? chainStart(stream) : decodeAccountEvent(last).hash;
  const event = sealEvent('GrantVoided', 2, Buffer.from('{"of":"a later release"}'), previous);
  const { id, type, data } = event;
  const expectedRevision = last?.revision ?? -1n;
  const [outcome] = await store.append([{ stream, expectedRevision, events: [{ id, type, data }] }]);
  if (outcome?.kind !== 'appended') throw new Error(`${stream} was written to meanwhile`);
  return event;
}
