import { parentPort, workerData } from 'node:worker_threads';
import { reopenStreams, type StreamsSource } from '../open-streams.js';
import { auditShare, type ShareRequest } from './audit-share.js';

/** What a thread of an audit is started with. */
export interface ShareJob {
  readonly source: StreamsSource;
  readonly request: ShareRequest;
}

if (parentPort === null) throw new Error('a thread of an audit is started by the audit');
const port = parentPort;
const { source, request } = workerData as ShareJob;
const streams = await reopenStreams(source);
try {
  port.postMessage(await auditShare(streams, request));
} finally {
  await streams.close();
}
