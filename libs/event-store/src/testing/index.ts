export { eventStoreContract } from './event-store-contract.js';
export { snapshotStoreContract } from './snapshot-store-contract.js';
