import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { NOTIFICATION_LIMITS } from './limits.js';

const PREFIX = 'whsec_';
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

const bytesOf = (secret: string): Buffer => Buffer.from(secret.slice(PREFIX.length), 'base64');

/** A secret of the Standard Webhooks scheme: `whsec_` and the base64 of 24 to 64 bytes. */
export const signingSecret = z
  .string()
  .max(128)
  .refine((text) => text.startsWith(PREFIX) && BASE64.test(text.slice(PREFIX.length)), { error: 'is not whsec_…' })
  .refine((text) => bytesOf(text).length >= 24 && bytesOf(text).length <= 64, { error: 'has 24 to 64 bytes' });

export const newSigningSecret = (): string => PREFIX + randomBytes(32).toString('base64');

export interface SignedMessage {
  /** `webhook-id`: the same for every attempt. */
  readonly id: string;
  /** `webhook-timestamp`, in seconds: of this attempt. */
  readonly timestampSeconds: number;
  readonly body: string;
}

const signatureOf = ({ id, timestampSeconds, body }: SignedMessage, secret: string): string =>
  createHmac('sha256', bytesOf(secret)).update(`${id}.${timestampSeconds}.${body}`, 'utf8').digest('base64');

/** Headers of the Standard Webhooks scheme. Every active secret signs, so that receivers can change from one to the next. */
export const signedHeaders = (message: SignedMessage, secrets: readonly string[]): Record<string, string> => ({
  'webhook-id': message.id,
  'webhook-timestamp': message.timestampSeconds.toString(),
  'webhook-signature': secrets.map((secret) => `v1,${signatureOf(message, secret)}`).join(' '),
});

/** What a receiver does: one signature of a secret that it knows, and not older than five minutes. Constant time. */
export function isSignedBy(
  message: SignedMessage,
  signatures: string,
  { secret, nowMs }: { readonly secret: string; readonly nowMs: number },
): boolean {
  if (Math.abs(nowMs / 1_000 - message.timestampSeconds) > NOTIFICATION_LIMITS.signatureToleranceSeconds) return false;
  const expected = Buffer.from(`v1,${signatureOf(message, secret)}`);
  return signatures.split(' ').some((each) => {
    const given = Buffer.from(each);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}
