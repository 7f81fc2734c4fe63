import { PostgresSnapshotStore } from '@app/event-store';
import { snapshotStoreContract } from '@app/event-store/testing';
import { startTestPostgres } from '@app/postgres/testing';

snapshotStoreContract('PostgresSnapshotStore', async () => {
  const server = await startTestPostgres();
  const store = await PostgresSnapshotStore.connect({ url: server.url });
  const close = async (): Promise<void> => {
    await store.close();
    await server.stop();
  };
  return { store, close };
});
