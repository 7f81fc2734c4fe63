import { parentPort, workerData } from 'node:worker_threads';
import { explainFault } from '../explain-fault.js';
import { LIMITS } from '../limits.js';
import type { FromWorker, RunningPart, ToWorker, WorkerEnvironment } from './worker-protocol.js';

const failureOf = (error: unknown): FromWorker => ({ kind: 'failed', ...explainFault(error) });

/** Starts a part in this thread and stops it when told. What the part cannot mend reaches the supervisor. */
export async function runWorker(start: (env: WorkerEnvironment) => Promise<RunningPart>): Promise<void> {
  if (parentPort === null) throw new Error('a worker is started by the supervisor');
  const port = parentPort;
  const say = (message: FromWorker): void => port.postMessage(message);
  let part: RunningPart | undefined;
  let reporting: NodeJS.Timeout | undefined;
  const wished = new Promise<undefined>((resolve) => {
    port.on('message', (message: ToWorker) => {
      if (message.kind === 'stop') resolve(undefined);
      else part?.hear?.(message);
    });
  });
  try {
    part = await start(workerData as WorkerEnvironment);
    say({ kind: 'ready', url: part.url ?? null });
    const { report } = part;
    if (report !== undefined) {
      reporting = setInterval(() => void report().then((now) => say({ kind: 'report', report: now })), LIMITS.reportMs);
    }
    const failure = await Promise.race([wished, ...(part.failed === undefined ? [] : [part.failed])]);
    if (failure !== undefined) say(failureOf(failure));
    await part.stop();
    say({ kind: 'stopped' });
  } catch (error) {
    say(failureOf(error));
  } finally {
    clearInterval(reporting);
    // Whatever else the thread still holds open must not hold it.
    port.close();
  }
}
