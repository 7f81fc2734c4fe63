import { connect } from 'node:http2';
import type { ClientHttp2Session } from 'node:http2';
import { EventStoreUnavailable } from '../event-store.js';
import type { ConnectionUrl } from './connection-url.js';
import { withTimeout } from './with-timeout.js';

async function dateHeader(session: ClientHttp2Session): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    session.on('error', reject);
    const request = session.request({ ':path': '/health/live' });
    request.on('error', reject);
    // Whatever the status, every answer carries the server's time.
    request.on('response', ({ date }) => resolve(date));
    request.end();
  });
}

/**
 * The server's clock, from the `date` header of its HTTP endpoint on the same port: the protocol has no call for it.
 * Whole seconds, so that it serves the check for clocks that are minutes off and nothing finer.
 * @throws {EventStoreUnavailable} never the local clock in its place: that would find itself right
 */
export async function readServerClock({ host, isSecure, tls }: ConnectionUrl, timeoutMs: number): Promise<Date> {
  const session = connect(`${isSecure ? 'https' : 'http'}://${host}`, tls);
  try {
    const date = new Date((await withTimeout(dateHeader(session), timeoutMs)) ?? Number.NaN);
    if (Number.isNaN(date.getTime())) throw new EventStoreUnavailable('the server did not tell its time');
    return date;
  } catch (error) {
    if (error instanceof EventStoreUnavailable) throw error;
    throw new EventStoreUnavailable(error instanceof Error ? error.message : String(error), { cause: error });
  } finally {
    session.destroy();
  }
}
