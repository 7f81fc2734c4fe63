import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventStoreDBClient } from '@eventstore/db-client';
import { EventStoreUnavailable, KurrentEventStore } from '@app/event-store';
import type { AppendOutcome, StreamAppend } from '@app/event-store';
import { StandInServer } from './stand-in-server.js';

/** The patience of `hasty`. */
const HASTY_MS = 1_000;

/** The name of an account's stream that nobody else has. */
export const named = (): string => `account-${randomUUID()}`;

/** The stand-in with what a spec asks it by: the store, one with less patience, and the bare client. */
export interface KurrentStores {
  readonly server: StandInServer;
  readonly store: KurrentEventStore;
  readonly hasty: KurrentEventStore;
  readonly client: EventStoreDBClient;
  close(): Promise<void>;
}

export async function startKurrentStores(): Promise<KurrentStores> {
  const server = await StandInServer.start();
  const { url } = server;
  const store = await KurrentEventStore.connect({ url });
  const hasty = await KurrentEventStore.connect({ url, callTimeoutMs: HASTY_MS });
  const client = EventStoreDBClient.connectionString(url);
  const close = async (): Promise<void> => {
    await Promise.all([store.close(), hasty.close(), client.dispose()]);
    await server.stop();
  };
  return { server, store, hasty, client, close };
}

/** Appends with the same ids until the store tells what became of it; other failures than its absence are thrown. */
export async function appendEventually(store: KurrentEventStore, append: StreamAppend): Promise<AppendOutcome> {
  for (;;) {
    try {
      const [outcome] = await store.append([append]);
      if (outcome !== undefined) return outcome;
    } catch (error) {
      if (!(error instanceof EventStoreUnavailable)) throw error;
    }
    await sleep(5);
  }
}
