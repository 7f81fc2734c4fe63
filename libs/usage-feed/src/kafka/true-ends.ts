import type { Kafka } from 'kafkajs';

const CREATE_CLUSTER = 'private:Kafka:createCluster';
const READ_UNCOMMITTED = 0;

/**
 * Makes this client's admin tell where a log really ends. By default it answers with the last stable offset, which hides
 * the records of open transactions: a partition would pass for drained, and its mark would pass timestamps that become
 * visible later. The client has no setting for it, so its cluster factory is wrapped.
 * @throws {TypeError} when the client is another one than this adapter was written for
 */
export function withTrueEnds(kafka: Kafka): Kafka {
  const key = Object.getOwnPropertySymbols(kafka).find(({ description }) => description === CREATE_CLUSTER);
  const createCluster: unknown = key === undefined ? undefined : Reflect.get(kafka, key);
  if (key === undefined || typeof createCluster !== 'function') {
    throw new TypeError('This Kafka client does not let its admin see open transactions');
  }
  Reflect.set(kafka, key, (options: object): unknown =>
    Reflect.apply(createCluster, kafka, [{ ...options, isolationLevel: READ_UNCOMMITTED }]),
  );
  return kafka;
}
