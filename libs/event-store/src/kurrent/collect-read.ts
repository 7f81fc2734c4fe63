import { ErrorType } from '@eventstore/db-client';
import type { StreamingRead } from '@eventstore/db-client';
import { EventStoreUnavailable } from '../event-store.js';
import { isOfType } from './port-errors.js';

/**
 * Collects a read; undefined when the stream does not exist. The client's reads have no deadline: one that brings
 * nothing for `timeoutMs` is given up. @throws {EventStoreUnavailable} then, and whatever the client says
 */
export async function collectRead<Resolved>(
  read: StreamingRead<Resolved>,
  timeoutMs: number,
): Promise<Resolved[] | undefined> {
  const found: Resolved[] = [];
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<Resolved[] | undefined>((resolve, reject) => {
      const giveUp = (): void => {
        reject(new EventStoreUnavailable(`no event within ${timeoutMs} ms`));
        // The call may never have begun.
        read.cancel().catch(() => undefined);
      };
      timer = setTimeout(giveUp, timeoutMs);
      read.on('data', (resolved: Resolved) => {
        found.push(resolved);
        timer?.refresh();
      });
      read.on('end', () => resolve(found));
      // Stays attached: an error after the last event must not end the process.
      read.on('error', (error) => (isOfType(error, ErrorType.STREAM_NOT_FOUND) ? resolve(undefined) : reject(error)));
    });
  } finally {
    clearTimeout(timer);
  }
}
