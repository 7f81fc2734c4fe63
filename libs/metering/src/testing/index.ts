export { catalogFixture, LARGE_CATALOG, type CatalogChanges } from './catalog-fixture.js';
export { MemoryIdentities } from './memory-identities.js';
export { usageRecord, type UsageFixture } from './usage-record-fixture.js';
export { AccountFixture, msOf } from './account-fixture.js';
