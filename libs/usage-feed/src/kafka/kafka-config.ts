import kafkajs, { type Kafka, type SASLOptions } from 'kafkajs';
import { clientLog } from './client-log.js';

/** SASL by user and password; the mechanism is the broker's choice. */
interface KafkaCredentials {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
}

/** TLS to the brokers: `true` for the system's authorities, else PEM texts. */
interface KafkaTls {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly rejectUnauthorized?: boolean;
}

export interface KafkaConfig {
  /** `host:port` of brokers to begin with. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** Members of one group share the partitions. Short-lived readers use group names that begin with it. */
  readonly groupId: string;
  readonly ssl?: boolean | KafkaTls;
  readonly sasl?: KafkaCredentials;
  /** How soon the group gives the partitions of a member that went silent to others; the broker allows 6 s and more. */
  readonly sessionTimeoutMs?: number;
  /** How soon an added partition is noticed. */
  readonly metadataMaxAgeMs?: number;
  /** Bytes fetched and not decided, shared by those of a member's partitions that have any. */
  readonly prefetchBytesMax?: number;
  /** Takes what the client has to say; it never holds record bytes or credentials. */
  readonly log?: (message: string) => void;
}

/** Everything that the adapter bounds, in one place. */
export const KAFKA_LIMITS = {
  connectionTimeoutMs: 3_000,
  requestTimeoutMs: 10_000,
  sessionTimeoutMs: 30_000,
  rebalanceTimeoutMs: 30_000,
  heartbeatIntervalMs: 1_000,
  metadataMaxAgeMs: 5_000,
  /** How long a fetch waits at the broker when nothing is there: also what a stop or a seek may wait for. */
  fetchWaitMs: 200,
  fetchBytesMax: 16 * 1024 * 1024,
  partitionFetchBytes: { min: 256 * 1024, max: 2 * 1024 * 1024 },
  prefetchBytesMax: 64 * 1024 * 1024,
  partitionPrefetchBytesMin: 256 * 1024,
  /** Together no more than so many whole batches: who has memory for small ones only has none for many of them. */
  prefetchBatchesMax: 8,
  /** A publisher is told `FeedUnavailable` after this. */
  publishTimeoutMs: 10_000,
  /** One produce request: per partition below the 1 MiB that brokers take by default, unless one record is larger. */
  partitionProduceBytesMax: 900_000,
  produceBytesMax: 8 * 1024 * 1024,
  produceRecordsMax: 20_000,
  readTimeoutMs: 10_000,
  hintIntervalMs: 250,
  stopTimeoutMs: 5_000,
} as const;

/** How often, and how far apart, the client tries again. */
export interface RetryPolicy {
  readonly retries: number;
  readonly initialRetryTime: number;
  readonly maxRetryTime: number;
}

/**
 * Back-off with a ceiling of one second, so that recovery after an outage is never further away than that (the client's
 * default grows to 30 s). When the tries are used up, the consumer is built anew: together that never ends.
 */
export const ENDLESS_RETRY: RetryPolicy = { retries: 30, initialRetryTime: 100, maxRetryTime: 1_000 };
/** Bridges the restart of a broker, and ends before the publisher's time is up. */
export const PUBLISH_RETRY: RetryPolicy = { retries: 10, initialRetryTime: 100, maxRetryTime: 1_000 };
/** For calls that somebody waits for: ends after about two seconds. */
export const SHORT_RETRY: RetryPolicy = { retries: 4, initialRetryTime: 100, maxRetryTime: 1_000 };

function saslOf({ mechanism, username, password }: KafkaCredentials): SASLOptions {
  switch (mechanism) {
    case 'plain':
      return { mechanism, username, password };
    case 'scram-sha-256':
      return { mechanism, username, password };
    case 'scram-sha-512':
      return { mechanism, username, password };
  }
}

const NOTHING = (): void => undefined;

/** A client of its own for every user: clients of one instance share committed offsets in memory. */
export function kafkaOf(config: KafkaConfig, retry: RetryPolicy): Kafka {
  const { log } = config;
  return new kafkajs.Kafka({
    brokers: [...config.brokers],
    clientId: config.clientId,
    ...(config.ssl === undefined ? {} : { ssl: config.ssl }),
    ...(config.sasl === undefined ? {} : { sasl: saslOf(config.sasl) }),
    connectionTimeout: KAFKA_LIMITS.connectionTimeoutMs,
    requestTimeout: KAFKA_LIMITS.requestTimeoutMs,
    // Connections are retried by this, whatever the consumer or producer built from it says.
    retry: { ...retry },
    logLevel: log === undefined ? kafkajs.logLevel.NOTHING : kafkajs.logLevel.WARN,
    logCreator: clientLog(log ?? NOTHING),
  });
}
