export * from './usage-feed.js';
export { partitionOf } from './partition-of.js';
export { lastRecordOf } from './last-record.js';
export { MemoryUsageFeed } from './memory/memory-usage-feed.js';
export { PostgresUsageFeed } from './postgres/postgres-usage-feed.js';
export * from './usage-headers.js';
export { KafkaUsageFeed } from './kafka/kafka-usage-feed.js';
export type { KafkaConfig } from './kafka/kafka-config.js';
export { UnsafeTopic } from './kafka/topic-safety.js';
