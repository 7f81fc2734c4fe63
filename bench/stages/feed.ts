import { startEmbeddedPostgres } from '@app/postgres';
import { openUsageFeed, type FeedHandler, type UsageFeed } from '@app/usage-feed';
import { onDatabase } from '../baselines/database.js';
import { cpuFigures, WrongTotal } from '../figure.js';
import { usageLoad } from '../load/usage-load.js';
import type { Stage } from '../stage.js';
import { cpuPerEvent } from '../system/cpu-time.js';
import { makeDirectory, removeDirectory } from '../system/service.js';
import { publishAll, recordOf } from '../system/world.js';

const TOPIC = 'bench';
const PARTITIONS = 12;
const ROW_EVENTS = 1_000;
const READING = { topics: [TOPIC], batchRecordsMax: 5_000, batchBytesMax: 8 * 1024 * 1024, idleMs: 1_000 };

/** The embedded feed by itself on a Postgres of its own, beside plain rows of the same bytes. */
export const feed: Stage = {
  name: 'feed',
  description: 'processor time of publishing to the feed and reading from it, beside rows of the same bytes',
  async run({ sizes: { feedEvents, organisations } }) {
    const span = { fromMs: 0, toMs: 1 };
    const load = { name: 'feed', events: feedEvents, organisationPrefix: 'org-', organisations, ...span };
    const { deliveries } = usageLoad(load);
    const count = deliveries.length;
    const texts = deliveries.map(({ text }) => text);
    const records = deliveries.map(recordOf);
    const dataDir = await makeDirectory();
    try {
      const postgres = await startEmbeddedPostgres({ dataDir });
      try {
        const plain = await plainRows(postgres, texts);
        const usageFeed = await openUsageFeed({ databaseUrl: postgres.url }, { clientId: 'bench' });
        try {
          await usageFeed.ensureTopics([{ topic: TOPIC, timestamps: 'append', partitions: PARTITIONS }]);
          const publishing = await cpuPerEvent(postgres.pid, count, () => publishAll(usageFeed, TOPIC, records));
          const reading = await cpuPerEvent(postgres.pid, count, () => readAll(usageFeed, count));
          const [inserted, selected] = ['inserting the same bytes, 1,000 events a row', 'selecting those rows'];
          return [
            ...cpuFigures({ stage: this.name, figure: 'publish', baseline: inserted }, publishing, plain.inserting),
            ...cpuFigures({ stage: this.name, figure: 'read', baseline: selected }, reading, plain.selecting),
          ];
        } finally {
          await usageFeed.close();
        }
      } finally {
        await postgres.stop();
      }
    } finally {
      await removeDirectory(dataDir);
    }
  },
};

/** Resolves when every record was delivered. @throws {WrongTotal} when there are more */
async function readAll(usageFeed: UsageFeed, count: number): Promise<void> {
  const consumer = usageFeed.consumer(READING);
  let [read, done] = [0, (): void => undefined];
  const isRead = new Promise<void>((resolve) => (done = resolve));
  const handler: FeedHandler = {
    onAssigned: () => Promise.resolve({ offset: 'start' }),
    onBatch: ({ records }) => {
      read += records.length;
      if (read >= count) done();
      return Promise.resolve();
    },
    onIdle: () => Promise.resolve(),
    onRevoked: () => Promise.resolve(),
    onAlarm: ({ detail }) => {
      throw new WrongTotal(detail);
    },
  };
  await consumer.start(handler);
  await isRead;
  await consumer.stop();
  if (read !== count) throw new WrongTotal(`the feed gave ${read} records, not ${count}`);
}

async function plainRows({ url, pid }: { readonly url: string; readonly pid: number }, texts: readonly string[]) {
  return onDatabase(url, 1, async ([client]) => {
    await client?.query('create table bench.rows (id serial primary key, bytes bytea not null)');
    await client?.query('alter table bench.rows alter column bytes set storage external');
    const inserting = await cpuPerEvent(pid, texts.length, async () => {
      for (let at = 0; at < texts.length; at += ROW_EVENTS) {
        const values = [Buffer.from(texts.slice(at, at + ROW_EVENTS).join(''))];
        await client?.query({ name: 'insert-row', text: 'insert into bench.rows (bytes) values ($1)', values });
      }
    });
    const selecting = await cpuPerEvent(pid, texts.length, async () => {
      const select = { name: 'select-row', text: 'select bytes from bench.rows where id = $1' };
      for (let id = 1; id <= Math.ceil(texts.length / ROW_EVENTS); id += 1)
        await client?.query({ ...select, values: [id] });
    });
    return { inserting, selecting };
  });
}
