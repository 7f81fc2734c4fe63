import { EventStoreDBClient } from '@eventstore/db-client';
import { parseConnectionUrl } from './connection-url.js';
import type { ConnectionUrl } from './connection-url.js';
import { KURRENT_LIMITS } from './limits.js';
import { Turns } from './turns.js';

/** A client with what is bounded by connection, not by store. */
export interface SharedClient {
  readonly client: EventStoreDBClient;
  readonly connection: ConnectionUrl;
  readonly appends: Turns;
  readonly reads: Turns;
}

/** One client per url and process: its clients disturb one another, and about a hundred calls fit a connection. */
const CLIENTS = new Map<string, { readonly shared: SharedClient; users: number }>();

/** The process's client of this url, to be given back. Connects with the first call. @throws {Error} for a bad url */
export function acquireClient(url: string): SharedClient {
  const found = CLIENTS.get(url);
  if (found !== undefined) {
    found.users += 1;
    return found.shared;
  }
  const connection = parseConnectionUrl(url);
  const shared = {
    client: EventStoreDBClient.connectionString(url),
    connection,
    appends: new Turns(KURRENT_LIMITS.appendsInFlightMax),
    reads: new Turns(KURRENT_LIMITS.readsInFlightMax),
  };
  CLIENTS.set(url, { shared, users: 1 });
  return shared;
}

/** Ends the client's streams when nobody uses it any more. */
export async function releaseClient(url: string): Promise<void> {
  const found = CLIENTS.get(url);
  if (found === undefined) return;
  found.users -= 1;
  if (found.users > 0) return;
  CLIENTS.delete(url);
  await found.shared.client.dispose();
}
