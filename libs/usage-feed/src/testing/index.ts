export { CollectingHandler, eventually } from './collecting-handler.js';
export type { FeedUnderTest } from './contract/given.js';
export { usageFeedContract } from './usage-feed-contract.js';
