import { lookup } from 'node:dns/promises';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import { hostOf, isAllowedUrl, isPublicAddress } from './address-policy.js';
import type { AddressPolicy } from './address-policy.js';
import { NOTIFICATION_LIMITS } from './limits.js';
import type { DeliveryOutcome } from './notification.js';

/** Addresses of a name; rejects when it has none. */
export type Resolve = (host: string) => Promise<readonly string[]>;

export interface PostOptions {
  readonly policy: AddressPolicy;
  readonly resolve?: Resolve;
}

export interface OutgoingPost {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

const resolveName: Resolve = async (host) => (await lookup(host, { all: true })).map(({ address }) => address);

/**
 * Posts JSON to an address that a customer chose. The name is resolved once, every address of it has to be public, and
 * the connection goes to the one that was checked; redirects are not followed; the answer is counted, not read.
 */
export async function guardedPost(post: OutgoingPost, options: PostOptions): Promise<DeliveryOutcome> {
  if (!isAllowedUrl(post.url, options.policy)) return { kind: 'refused', reason: 'address not allowed' };
  const url = new URL(post.url);
  const host = hostOf(url);
  let addresses: readonly string[];
  try {
    addresses = isIP(host) === 0 ? await (options.resolve ?? resolveName)(host) : [host];
  } catch {
    return { kind: 'failed', reason: 'name not resolved' };
  }
  const [pinned] = addresses;
  if (pinned === undefined) return { kind: 'failed', reason: 'name not resolved' };
  if (!options.policy.isPrivateAllowed && !addresses.every(isPublicAddress))
    return { kind: 'refused', reason: 'address not allowed' };
  return send(url, pinned, post);
}

function send(url: URL, pinned: string, { body, headers }: OutgoingPost): Promise<DeliveryOutcome> {
  const { requestTimeoutMs, answerBytesMax } = NOTIFICATION_LIMITS;
  const pinnedLookup: LookupFunction = (_host, options, callback) => {
    const family = isIP(pinned);
    if (options.all === true) callback(null, [{ address: pinned, family }]);
    else callback(null, pinned, family);
  };
  const open = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve) => {
    const outgoing = open(url, {
      method: 'POST',
      lookup: pinnedLookup,
      agent: false,
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body).toString(),
        'user-agent': 'creditfold',
        ...headers,
      },
    });
    const end = (outcome: DeliveryOutcome): void => {
      clearTimeout(timer);
      resolve(outcome);
      outgoing.destroy();
    };
    const timer = setTimeout(() => end({ kind: 'failed', reason: 'timed out' }), requestTimeoutMs);
    outgoing.on('error', () => end({ kind: 'failed', reason: 'not reached' }));
    outgoing.on('response', (answer) => {
      let bytes = 0;
      const outcome = outcomeOf(answer.statusCode ?? 0);
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > answerBytesMax) end(outcome);
      });
      answer.on('end', () => end(outcome));
      answer.on('error', () => end(outcome));
    });
    outgoing.end(body);
  });
}

/** What is neither accepted nor too much may be mended at the other end: everything but 410 is tried again. */
function outcomeOf(status: number): DeliveryOutcome {
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  if (status === 410) return { kind: 'refused', reason: 'answered 410 Gone' };
  return { kind: 'failed', reason: `answered ${status}` };
}
