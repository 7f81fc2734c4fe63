import { eventStoreSettingsFrom, openEventStore } from '@app/event-store';
import { createLog } from '@app/logging';
import { ReadModels } from '@app/read-models';
import { startProjector } from '../../../projector/src/index.js';
import { Fault } from './part-fault.js';
import { runWorker } from './run-worker.js';
import { settingOf } from './setting-of.js';

await runWorker(async (env) => {
  const url = settingOf(env, 'DATABASE_URL');
  const log = createLog({ name: 'projector', level: settingOf(env, 'LOG_LEVEL') });
  const { store, hasDensePositions } = await openEventStore(eventStoreSettingsFrom(env));
  const models = await ReadModels.connect({ url, name: 'projector' });
  const fault = new Fault();
  const projector = await startProjector({
    store,
    hasDensePositions,
    models,
    log,
    onFatal: ({ code, detail }) => fault.raise(code, detail),
  });
  return {
    failed: fault.raised,
    stop: async () => {
      await projector.stop();
      await Promise.all([store.close(), models.close()]);
    },
  };
});
