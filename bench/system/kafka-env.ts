export type KafkaEnv = Readonly<Record<'KAFKA_BROKERS' | 'CREDITFOLD_TOPIC', string>>;

/** The Kafka of `KAFKA_BROKERS`, with a topic of this run's own; undefined without that variable. */
export function kafkaEnv(): KafkaEnv | undefined {
  const brokers = process.env['KAFKA_BROKERS'];
  if (brokers === undefined || brokers === '') return undefined;
  return { KAFKA_BROKERS: brokers, CREDITFOLD_TOPIC: `bench-${Date.now()}-${process.pid}` };
}
