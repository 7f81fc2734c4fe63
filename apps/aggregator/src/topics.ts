import type { TopicDefinition } from '@app/usage-feed';

/** Topics of a deployment: the live one is configured, the others are named after it. */
export interface Topics {
  readonly live: string;
  /** Loads of the past: a record's timestamp is its event's time. */
  readonly backfill: string;
  /** What the service itself publishes again: requeued and unparked records. */
  readonly requeue: string;
}

export const topicsOf = (live: string): Topics => ({ live, backfill: `${live}.backfill`, requeue: `${live}.requeue` });

export const allTopics = ({ live, backfill, requeue }: Topics): readonly string[] => [live, backfill, requeue];

/** How missing topics are created; existing ones are used as they are. */
export function topicDefinitions(topics: Topics, partitions: number): readonly TopicDefinition[] {
  return [
    { topic: topics.live, timestamps: 'append', partitions },
    { topic: topics.backfill, timestamps: 'create', partitions },
    { topic: topics.requeue, timestamps: 'append', partitions },
  ];
}
