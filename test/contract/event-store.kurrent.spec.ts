import { afterAll } from '@jest/globals';
import { KurrentEventStore } from '@app/event-store';
import { eventStoreContract } from '@app/event-store/testing';
import { StandInServer } from '../support/eventstoredb/stand-in-server.js';

const servers: StandInServer[] = [];
afterAll(async () => {
  await Promise.all(servers.map(async (server) => server.stop()));
}, 60_000);

async function connect(): Promise<KurrentEventStore> {
  const server = await StandInServer.start();
  servers.push(server);
  return KurrentEventStore.connect({ url: server.url });
}

eventStoreContract('KurrentEventStore on the stand-in server', connect, { isCounting: false });
