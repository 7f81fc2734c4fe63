import { Worker } from 'node:worker_threads';
import type { OpenStreams } from '../open-streams.js';
import { auditShare, type ShareReport, type ShareRequest } from './audit-share.js';
import { ALL_STREAMS, halvesOf, type Share } from './share.js';
import type { ShareJob } from './share-worker.js';

/**
 * Audits all streams in so many threads (a power of two; else the next smaller one): each reads all of them and audits
 * a share, this thread the first. Answers a report a share.
 */
export async function auditInThreads(
  streams: OpenStreams,
  threads: number,
  request: Omit<ShareRequest, 'share'>,
): Promise<readonly ShareReport[]> {
  const [own = ALL_STREAMS, ...others] = sharesFor(threads);
  return Promise.all([
    auditShare(streams, { ...request, share: own }),
    ...others.map((share) => auditInWorker({ source: streams.source, request: { ...request, share } })),
  ]);
}

function sharesFor(threads: number): readonly Share[] {
  let shares: readonly Share[] = [ALL_STREAMS];
  while (shares.length * 2 <= threads) shares = shares.flatMap(halvesOf);
  return shares;
}

function auditInWorker(job: ShareJob): Promise<ShareReport> {
  const worker = new Worker(new URL('./share-worker.js', import.meta.url), { workerData: job });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`a thread of the audit ended with ${code} and said nothing`)));
  });
}
