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
export { PostgresEventStore } from './postgres/postgres-event-store.js';
export type { PostgresEventStoreOptions } from './postgres/postgres-event-store.js';
