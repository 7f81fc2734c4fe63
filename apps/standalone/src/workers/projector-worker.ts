import { eventStoreSettingsFrom, openEventStore } from '@app/event-store';
import { createLog } from '@app/logging';
import { ReadModels } from '@app/read-models';
import { PROJECTOR_LIMITS, startProjector } from '../../../projector/src/index.js';
import { DiskWatch } from './disk-watch.js';
import { Fault, PartFault } from './part-fault.js';
import { reportOf } from './report-of.js';
import { runWorker } from './run-worker.js';
import { settingOf } from './setting-of.js';
import { standBack } from './stand-back.js';

standBack();
await runWorker(async (env) => {
  const url = settingOf(env, 'DATABASE_URL');
  const log = createLog({ name: 'projector', level: settingOf(env, 'LOG_LEVEL') });
  const { store, hasDensePositions } = await openEventStore(eventStoreSettingsFrom(env));
  const models = await ReadModels.connect({
    url,
    name: 'projector',
    statementTimeoutMs: PROJECTOR_LIMITS.statementTimeoutMs,
  });
  const fault = new Fault();
  const disk = new DiskWatch(fault.raise);
  const projector = await startProjector({
    store,
    hasDensePositions,
    models,
    log,
    onError: disk.note,
    onFatal: ({ code, detail }) => fault.raise(new PartFault(code, detail)),
  });
  return {
    failed: fault.raised,
    report: async () => reportOf(projector.health(), disk, await projector.metrics()),
    stop: async () => {
      await projector.stop();
      await Promise.all([store.close(), models.close()]);
    },
  };
});
