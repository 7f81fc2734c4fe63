import { afterAll } from '@jest/globals';
import { KurrentEventStore } from '@app/event-store';
import { eventStoreContract } from '@app/event-store/testing';
import { eventStoreDbFacts } from '../support/eventstoredb/server-facts.js';
import { StandInServer } from '../support/eventstoredb/stand-in-server.js';

const servers: StandInServer[] = [];
afterAll(async () => {
  await Promise.all(servers.map(async (server) => server.stop()));
});

async function startServer(): Promise<string> {
  const server = await StandInServer.start();
  servers.push(server);
  return server.url;
}

const connect = async (): Promise<KurrentEventStore> => KurrentEventStore.connect({ url: await startServer() });

eventStoreContract('KurrentEventStore on the stand-in server', connect, { isCounting: false });

eventStoreDbFacts('The stand-in server', startServer);
