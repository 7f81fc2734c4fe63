import { PostgresEventStore } from '@app/event-store';
import { LANES, LaneWorker, ReadModels } from '@app/read-models';
import { pino } from 'pino';
import { runWorker } from './run-worker.js';
import { settingOf } from './setting-of.js';

await runWorker(async (env) => {
  const url = settingOf(env, 'DATABASE_URL');
  const log = pino({ name: 'projector', level: settingOf(env, 'LOG_LEVEL') });
  const store = await PostgresEventStore.connect({ url });
  const readModels = await ReadModels.connect({ url, name: 'projector' });
  const lanes = LANES.map(
    (lane) =>
      new LaneWorker({
        lane,
        generations: readModels.generations,
        store,
        listener: {
          onError: (failed, error) => log.error({ lane: failed, err: error }, 'the lane will be tried again'),
          onRebuild: (rebuilt, reason) => log.warn({ lane: rebuilt, reason }, 'the lane is built anew'),
        },
      }),
  );
  lanes.forEach((lane) => lane.start());
  return {
    stop: async () => {
      await Promise.all(lanes.map((lane) => lane.stop()));
      await Promise.all([store.close(), readModels.close()]);
    },
  };
});
