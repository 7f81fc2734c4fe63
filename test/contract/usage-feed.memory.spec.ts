import { MemoryUsageFeed } from '@app/usage-feed';
import { usageFeedContract } from '@app/usage-feed/testing';

usageFeedContract('memory', async () => {
  const feed = new MemoryUsageFeed();
  return {
    feed,
    addPartitions: (topic, partitions) => feed.addPartitions(topic, partitions),
    deleteTopic: (topic) => feed.deleteTopic(topic),
    breakFeed: () => feed.close(),
    close: () => feed.close(),
  };
});
