// One member of a group in a process of its own, so that a test can stop and continue it.
// Arguments: the url of the transpiled adapter, the configuration as JSON, the topic.
const [moduleUrl, config, topic] = process.argv.slice(2);
const { KafkaUsageFeed } = await import(moduleUrl);
const feed = new KafkaUsageFeed(JSON.parse(config));
const say = (what) => process.stdout.write(`${what}\n`);
await feed.consumer({ topics: [topic], batchRecordsMax: 10, batchBytesMax: 100_000, idleMs: 500 }).start({
  onAssigned: async ({ partition }) => {
    say(`assigned ${partition}`);
    return { offset: 'start' };
  },
  onBatch: async ({ partition }) => say(`batch ${partition}`),
  onIdle: async () => undefined,
  onRevoked: async ({ partition }) => say(`revoked ${partition}`),
  onAlarm: ({ code }) => say(`alarm ${code}`),
});
say('started');
