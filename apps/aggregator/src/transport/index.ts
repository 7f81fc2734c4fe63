export { USAGE_FEED } from './usage-feed-patterns.js';
export { UsageFeedStrategy, type PartitionDrained } from './usage-feed-strategy.js';
