import { randomBytes } from 'node:crypto';
import { NO_STREAM, type EventStore } from '@app/event-store';
import { deploymentEvents } from '../codec/catalog-events.js';
import { AccountBroken } from '../errors.js';
import { SECRET_BYTES } from '../identities/identity-hasher.js';
import { beforeStream, encodeChain, readChain } from './chain.js';

const STREAM = 'deployment';

/**
 * The secret that identity hashes are keyed with: read from the stream `deployment`, or made by whichever process
 * comes first. It lives with the streams, since hashes recorded there depend on it.
 */
export async function loadOrCreateSecret(store: EventStore, nowMs: number): Promise<Uint8Array> {
  const known = await readSecret(store);
  if (known !== undefined) return known;
  const secret = randomBytes(SECRET_BYTES).toString('base64');
  const { encoded } = encodeChain(deploymentEvents, STREAM, beforeStream(STREAM), [
    { type: 'DeploymentKeyed', secret, createdAtMs: nowMs },
  ]);
  // Whether this append or another process's came first, what the stream says now is the secret.
  await store.append([{ stream: STREAM, expectedRevision: NO_STREAM, events: encoded }]);
  const made = await readSecret(store);
  if (made === undefined) throw new AccountBroken(STREAM, 'the secret that was appended is not there');
  return made;
}

async function readSecret(store: EventStore): Promise<Uint8Array | undefined> {
  let secret: Uint8Array | undefined;
  await readChain(store, {
    stream: STREAM,
    codec: deploymentEvents,
    after: beforeStream(STREAM),
    pageEvents: 10,
    onEvent: (event) => (secret ??= Buffer.from(event.secret, 'base64')),
  });
  return secret;
}
