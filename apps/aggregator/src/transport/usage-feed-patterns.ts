/** What a Nest controller subscribes to: one handler for each call of the usage feed's port. */
export const USAGE_FEED = {
  /** `@MessagePattern`: payload `TopicPartition`, answers a `StartPosition`. */
  assigned: 'usage-feed.assigned',
  /** Payload `FeedBatch`; resolving means decided, throwing means the same records again. */
  batch: 'usage-feed.batch',
  /** Payload `PartitionDrained`. */
  idle: 'usage-feed.idle',
  /** Payload `TopicPartition`. */
  revoked: 'usage-feed.revoked',
  /** Payload `FeedAlarm`. */
  alarm: 'usage-feed.alarm',
} as const;

export type UsageFeedPattern = (typeof USAGE_FEED)[keyof typeof USAGE_FEED];
