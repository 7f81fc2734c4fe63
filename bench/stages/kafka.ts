import { parsingConsumer } from '../baselines/kafka-consumer.js';
import { figureOf, type Figure } from '../figure.js';
import type { Stage } from '../stage.js';
import { makeDirectory, removeDirectory } from '../system/standalone-process.js';
import { World } from '../system/world.js';

/** Through the Kafka of `KAFKA_BROKERS`, on a topic of its own; without that variable there is nothing to measure. */
export const kafka: Stage = {
  name: 'kafka',
  description: 'publish to read models over KAFKA_BROKERS, beside a consumer that only parses',
  async run({ sizes }): Promise<readonly Figure[]> {
    const brokers = process.env['KAFKA_BROKERS'];
    if (brokers === undefined || brokers === '') return [];
    const topic = `bench-${Date.now()}-${process.pid}`;
    const dataDir = await makeDirectory();
    try {
      const world = await World.start({ dataDir, env: { KAFKA_BROKERS: brokers, CREDITFOLD_TOPIC: topic } });
      try {
        const { kafkaEvents: events, organisations } = sizes;
        const value = await world.rateOf({ name: 'kafka', events, organisationPrefix: 'org-', organisations });
        await world.checkTotals();
        return [
          figureOf({
            stage: this.name,
            figure: 'publish to Kafka to read models',
            value,
            unit: 'events/s',
            baseline: 'a kafkajs consumer that only parses',
            baselineValue: await parsingConsumer(brokers.split(','), topic, events),
            better: 'higher',
          }),
        ];
      } finally {
        await world.end();
      }
    } finally {
      await removeDirectory(dataDir);
    }
  },
};
