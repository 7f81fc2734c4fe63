export { EventStoreUnavailable, InvalidAppend, LIMITS, NO_STREAM, START } from './event-store.js';
export type {
  AllPage,
  AppendOutcome,
  EventStore,
  GlobalPosition,
  NewEvent,
  ReadAllOptions,
  ReadStreamOptions,
  StoredEvent,
  StreamAppend,
} from './event-store.js';
export { MemoryEventStore } from './memory/memory-event-store.js';
export { KurrentEventStore } from './kurrent/kurrent-event-store.js';
export type { KurrentEventStoreOptions } from './kurrent/kurrent-event-store.js';
export { StreamDeleted } from './kurrent/stream-deleted.js';
export { PostgresEventStore } from './postgres/postgres-event-store.js';
export type { PostgresEventStoreOptions } from './postgres/postgres-event-store.js';
export { SNAPSHOT_LIMITS } from './snapshot-store.js';
export type { SnapshotStore, StreamSnapshot } from './snapshot-store.js';
export { MemorySnapshotStore } from './memory-snapshot-store.js';
export { PostgresSnapshotStore } from './postgres/postgres-snapshot-store.js';
export type { PostgresSnapshotStoreOptions } from './postgres/postgres-snapshot-store.js';
export { eventStoreSettingsFrom, openEventStore } from './open-event-store.js';
export type { EventStoreSettings, OpenedEventStore } from './open-event-store.js';
