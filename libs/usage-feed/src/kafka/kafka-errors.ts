import { FeedUnavailable, RecordsTooLarge, UnknownTopic } from '../usage-feed.js';

const CAUSES_MAX = 8;

function* causesOf(error: unknown): Iterable<Error> {
  let current = error;
  for (let depth = 0; depth < CAUSES_MAX && current instanceof Error; depth++) {
    yield current;
    current = current.cause;
  }
}

/** The protocol error types in an error and its causes: `retriable` and `type` are reliable, messages are not. */
export function protocolTypes(error: unknown): ReadonlySet<string> {
  const types = new Set<string>();
  for (const cause of causesOf(error)) if ('type' in cause && typeof cause.type === 'string') types.add(cause.type);
  return types;
}

/** Why it failed, for logs and operators, with the settings that may mend it. Holds no credentials. */
export function reasonOf(error: unknown): string {
  const innermost = [...causesOf(error)].at(-1);
  if (innermost === undefined) return String(error);
  const advice = adviceOn(innermost);
  return advice === undefined ? innermost.message : `${innermost.message} (${advice})`;
}

/** Node's codes for certificates that are not believed, on either side. */
const CERTIFICATE_CODE = /CERT|^ERR_SSL|^ERR_TLS|^UNABLE_TO_/;

function adviceOn(error: Error): string | undefined {
  if (error.name === 'KafkaJSSASLAuthenticationError')
    return 'see KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD';
  if ('code' in error && typeof error.code === 'string' && CERTIFICATE_CODE.test(error.code))
    return 'see KAFKA_TLS_CA_FILE, and KAFKA_TLS_CERT_FILE where brokers ask for a certificate';
  if (error.name === 'KafkaJSConnectionClosedError')
    return 'a broker that asks for TLS or SASL closes it too: see KAFKA_TLS and KAFKA_SASL_MECHANISM';
  return undefined;
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
  return new FeedUnavailable(`Kafka does not answer as it should: ${reasonOf(error)}`, { cause: error });
}
