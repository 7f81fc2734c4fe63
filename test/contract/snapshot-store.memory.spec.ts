import { MemorySnapshotStore } from '@app/event-store';
import { snapshotStoreContract } from '@app/event-store/testing';

snapshotStoreContract('MemorySnapshotStore', async () => {
  const store = new MemorySnapshotStore();
  return Promise.resolve({ store, close: () => Promise.resolve() });
});
