import { parentPort, workerData } from 'node:worker_threads';
import type { FromWorker, RunningPart, WorkerEnvironment } from './worker-protocol.js';

function describe(error: unknown): FromWorker {
  const { code } = error as { readonly code?: unknown };
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { kind: 'failed', code: typeof code === 'string' ? code : 'Unexpected', message };
}

/** Starts a part in this thread and stops it when told. What the part cannot mend reaches the supervisor. */
export async function runWorker(start: (env: WorkerEnvironment) => Promise<RunningPart>): Promise<void> {
  if (parentPort === null) throw new Error('a worker is started by the supervisor');
  const port = parentPort;
  const say = (message: FromWorker): void => port.postMessage(message);
  // The only message there is: the wish to stop.
  const wished = new Promise<undefined>((resolve) => port.once('message', () => resolve(undefined)));
  try {
    const part = await start(workerData as WorkerEnvironment);
    say({ kind: 'ready', url: part.url ?? null });
    const failure = await Promise.race([wished, ...(part.failed === undefined ? [] : [part.failed])]);
    if (failure !== undefined) say(describe(failure));
    await part.stop();
    say({ kind: 'stopped' });
  } catch (error) {
    say(describe(error));
  } finally {
    // Whatever else the thread still holds open must not hold it.
    port.close();
  }
}
