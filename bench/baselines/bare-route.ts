import { Worker } from 'node:worker_threads';

/** A bare Fastify server in a thread of its own, as the service's API is. */
export interface BareRoute {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startBareRoute(databaseUrl: string): Promise<BareRoute> {
  const worker = new Worker(new URL('./bare-route-worker.js', import.meta.url), { workerData: databaseUrl });
  const url = await new Promise<string>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  return { url, stop: async () => void (await worker.terminate()) };
}
