export { CollectingHandler, eventually } from './collecting-handler.js';
export { usageFeedContract, type FeedUnderTest } from './usage-feed-contract.js';
