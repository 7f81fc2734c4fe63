import { apiConfigFrom, composeApi, startApi } from '../../../api/src/index.js';
import { runWorker } from './run-worker.js';

await runWorker(async (env) => {
  const config = apiConfigFrom(env);
  const composed = await composeApi(config, env);
  const api = await startApi(config, composed.parts);
  return {
    url: api.url,
    stop: async () => {
      await api.stop();
      await composed.close();
    },
  };
});
