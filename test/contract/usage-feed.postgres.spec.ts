import { afterAll, beforeAll } from '@jest/globals';
import { createPool } from '@app/postgres';
import { startTestPostgres } from '@app/postgres/testing';
import { PostgresUsageFeed } from '@app/usage-feed';
import { usageFeedContract } from '@app/usage-feed/testing';

let server: Awaited<ReturnType<typeof startTestPostgres>>;
beforeAll(async () => {
  server = await startTestPostgres();
});
afterAll(() => server.stop());

usageFeedContract('Postgres', async () => {
  const url = await server.createDatabase();
  const feed = await PostgresUsageFeed.open(url);
  return {
    feed,
    addPartitions: (topic, partitions) => feed.addPartitions(topic, partitions),
    deleteTopic: (topic) => feed.deleteTopic(topic),
    breakFeed: async () => {
      const operator = createPool(url, { max: 1, applicationName: 'operator' });
      await operator.query('drop table creditfold_feed.record_batches');
      await operator.end();
    },
    close: () => feed.close(),
  };
});
