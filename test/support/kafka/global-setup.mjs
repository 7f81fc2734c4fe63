import { useBroker } from './broker.mjs';

/** One broker for all specs; with KAFKA_BROKERS the tests use that Kafka, in topics and groups of their own. */
export default async function startBroker() {
  const broker = await useBroker();
  globalThis.creditfoldTestBroker = broker;
  process.env.KAFKA_BROKERS = broker.brokers;
}
