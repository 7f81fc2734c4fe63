import { openUsageFeed, usageFeedSettingsFrom } from '@app/usage-feed';
import { parsingConsumer } from '../baselines/kafka-consumer.js';
import { figureOf, perSecond, timed, type Figure } from '../figure.js';
import type { Stage } from '../stage.js';
import { kafkaEnv, type KafkaEnv } from '../system/kafka-env.js';
import { makeDirectory, removeDirectory } from '../system/service.js';
import { publishAll, recordOf, World } from '../system/world.js';

/** Through the Kafka of `KAFKA_BROKERS`, on a topic of its own; without that variable there is nothing to measure. */
export const kafka: Stage = {
  name: 'kafka',
  description: 'publishing, or a backlog, to read models over KAFKA_BROKERS, beside a consumer that only parses',
  async run({ sizes }): Promise<readonly Figure[]> {
    const env = kafkaEnv();
    if (env === undefined) return [];
    const dataDir = await makeDirectory();
    try {
      const world = await World.start({ dataDir, env });
      try {
        const { kafkaEvents: events, organisations } = sizes;
        const load = { events, organisationPrefix: 'org-', organisations };
        const cold = await world.rateOf({ ...load, name: 'cold' });
        const publishing = await world.rateOf({ ...load, name: 'kafka' });
        const waiting = await backlogRate(world, { env, load: { ...load, name: 'backlog' } });
        await world.checkTotals();
        const shared = {
          stage: this.name,
          unit: 'events/s',
          baseline: 'a kafkajs consumer that only parses',
          baselineValue: await parsingConsumer(env.KAFKA_BROKERS.split(','), env.CREDITFOLD_TOPIC, events),
          better: 'higher',
        } as const;
        return [
          figureOf({
            ...shared,
            figure: 'publish to Kafka to read models, a service that has just started',
            value: cold,
          }),
          figureOf({ ...shared, figure: 'publish to Kafka to read models', value: publishing }),
          figureOf({ ...shared, figure: 'backlog in Kafka to read models', value: waiting }),
        ];
      } finally {
        await world.end();
      }
    } finally {
      await removeDirectory(dataDir);
    }
  },
};

/**
 * Deliveries a second of a load that waits in Kafka when the service starts: of the time from its start until it has
 * caught up, without what a start takes that finds nothing waiting.
 */
async function backlogRate(
  world: World,
  { env, load }: { readonly env: KafkaEnv; readonly load: Parameters<World['load']>[0] },
): Promise<number> {
  const { deliveries } = world.load(load);
  const start = async (): Promise<void> => {
    await world.startAgain();
    await world.api.drained();
  };
  await world.end();
  const startMs = await timed(start);
  await world.end();
  const feed = await openUsageFeed(usageFeedSettingsFrom(env), { clientId: 'bench-backlog' });
  await publishAll(feed, env.CREDITFOLD_TOPIC, deliveries.map(recordOf));
  await feed.close();
  return perSecond(deliveries.length, (await timed(start)) - startMs);
}
