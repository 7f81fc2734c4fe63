export { accountEvents, decodeAccountEvent, encodeAccountEvent, visitStoredUsage } from './account-codec.js';
export { catalogEvents, deploymentEvents } from './catalog-events.js';
export type { CatalogPublished, DeploymentKeyed } from './catalog-events.js';
export { CorruptEvent, NewerEventVersion } from './codec-errors.js';
export { describeEvents } from './describe-events.js';
export type { EventDescription } from './describe-events.js';
export { jsonUpcaster } from './event-codec.js';
export type { DecodedEvent, EventCodec, StoredBody, Upcaster } from './event-codec.js';
export { renderEventsDocument } from './events-document.js';
export type { ChargedEvent } from './evidence-codec.js';
export { feedEvents } from './feed-events.js';
export type {
  AccountParked,
  AccountUnparked,
  FeedAssigned,
  FeedEvent,
  FeedPositionRecorded,
  ParkedRecord,
  ParkedRecordsPublished,
  Parking,
  QuarantineRequeued,
  RecordsParked,
  UnhostedRecord,
  UnparkRequested,
} from './feed-events.js';
export { chainStart, verifyChain } from './hash-chain.js';
export type { ChainVerdict, EncodedEvent } from './hash-chain.js';
