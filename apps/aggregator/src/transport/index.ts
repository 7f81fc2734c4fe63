export { USAGE_FEED } from './usage-feed-patterns.js';
export { UsageFeedStrategy, type PartitionDrained, type UsageFeedStrategyOptions } from './usage-feed-strategy.js';
