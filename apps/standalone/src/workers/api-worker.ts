import { apiConfigFrom, composeApi, startApi } from '../../../api/src/index.js';
import { DiskWatch } from './disk-watch.js';
import { observed } from './observed.js';
import { Fault } from './part-fault.js';
import { PartReports } from './part-reports.js';
import { runWorker } from './run-worker.js';

await runWorker(async (env) => {
  const config = apiConfigFrom(env);
  const composed = await composeApi(config, env);
  const fault = new Fault();
  const disk = new DiskWatch(fault.raise);
  const reports = new PartReports();
  const api = await startApi(config, {
    ...composed.parts,
    feed: observed(composed.parts.feed, disk.note),
    unreadyParts: async () => [
      ...(await composed.parts.unreadyParts()),
      ...(disk.isFull ? ['api (DiskFull)'] : []),
      ...reports.unready,
    ],
    otherMetrics: () => reports.metrics,
  });
  return {
    url: api.url,
    failed: fault.raised,
    hear: reports.hear,
    stop: async () => {
      await api.stop();
      await composed.close();
    },
  };
});
