import { FeedUnavailable, RecordsTooLarge, UnknownTopic } from '../usage-feed.js';

const CAUSES_MAX = 8;

/** The protocol error types in an error and its causes: `retriable` and `type` are reliable, messages are not. */
export function protocolTypes(error: unknown): ReadonlySet<string> {
  const types = new Set<string>();
  let current = error;
  for (let depth = 0; depth < CAUSES_MAX && current instanceof Error; depth++) {
    if ('type' in current && typeof current.type === 'string') types.add(current.type);
    current = current.cause;
  }
  return types;
}

/** An error of the client as the port names it. */
export function portError(error: unknown, topic: string): FeedUnavailable | RecordsTooLarge | UnknownTopic {
  if (error instanceof FeedUnavailable || error instanceof RecordsTooLarge || error instanceof UnknownTopic)
    return error;
  const types = protocolTypes(error);
  if (types.has('UNKNOWN_TOPIC_OR_PARTITION')) return new UnknownTopic(`There is no topic ${topic}`, { cause: error });
  if (types.has('MESSAGE_TOO_LARGE') || types.has('RECORD_LIST_TOO_LARGE')) {
    return new RecordsTooLarge(`A record is above the limit of the topic ${topic}`, { cause: error });
  }
  return new FeedUnavailable('Kafka does not answer as it should', { cause: error });
}
