import { TestBroker } from './broker.mjs';

/** One broker for all specs; with KAFKA_BROKERS the tests use that Kafka, in topics and groups of their own. */
export default async function startBroker() {
  if (process.env.KAFKA_BROKERS !== undefined && process.env.KAFKA_BROKERS !== '') return;
  const broker = await new TestBroker().start();
  globalThis.creditfoldTestBroker = broker;
  process.env.KAFKA_BROKERS = broker.brokers;
}
