export { FaultyEventStore } from './faulty-event-store.js';
export type { AppendFault } from './faulty-event-store.js';
export { appendNewerEvent } from './newer-event.js';
export { SMALL_CATALOG_DOCUMENT, smallCatalog } from './small-catalog.js';
export { foldUsage, recordOf } from './usage-decider.js';
export type { SmallUsage, UsageDecider } from './usage-decider.js';
