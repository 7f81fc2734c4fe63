import { createHmac, timingSafeEqual } from 'node:crypto';
import { PAYMENT_LIMITS } from './limits.js';
import { InvalidWebhook } from './payment-processor.js';

/** `t=<Unix seconds>,v1=<hex>`: HMAC-SHA-256 over `<seconds>.<body>`. */
export function signWebhook(body: Uint8Array, secret: string, atMs: number): string {
  const seconds = Math.floor(atMs / 1000);
  return `t=${seconds},v1=${macOf(body, secret, String(seconds)).toString('hex')}`;
}

/**
 * Verifies a signature made by `signWebhook` with any of the secrets, in constant time.
 * @throws {InvalidWebhook} InvalidSignature when it is missing or wrong, SignatureExpired when it is not of now
 */
export function verifySignature(
  header: string | undefined,
  body: Uint8Array,
  { secrets, nowMs }: { readonly secrets: readonly string[]; readonly nowMs: number },
): void {
  const { time, macs } = partsOf(header ?? '');
  if (time === undefined || macs.length === 0)
    throw new InvalidWebhook('InvalidSignature', 'the webhook is not signed');
  // All pairs are compared, so that the time taken says nothing of which secret or which part was right.
  let isGenuine = false;
  for (const secret of secrets) {
    const expected = macOf(body, secret, time);
    for (const mac of macs) isGenuine = (mac.length === expected.length && timingSafeEqual(mac, expected)) || isGenuine;
  }
  if (!isGenuine) throw new InvalidWebhook('InvalidSignature', 'the signature is not of this body and secret');
  if (Math.abs(nowMs - Number(time) * 1000) > PAYMENT_LIMITS.signatureToleranceMs)
    throw new InvalidWebhook('SignatureExpired', 'the webhook was signed at another time than now');
}

const macOf = (body: Uint8Array, secret: string, seconds: string): Buffer =>
  createHmac('sha256', secret).update(`${seconds}.`, 'utf8').update(body).digest();

/** Signatures of one header: more than one while a secret is replaced. */
const MACS_MAX = 4;

function partsOf(header: string): { time: string | undefined; macs: Buffer[] } {
  let time: string | undefined;
  const macs: Buffer[] = [];
  for (const part of header.split(',')) {
    const match = /^(t|v1)=([0-9a-f]{1,64})$/.exec(part.trim());
    if (match?.[1] === 't' && /^\d{1,12}$/.test(match[2] ?? '')) time = match[2];
    else if (match?.[1] === 'v1' && macs.length < MACS_MAX) macs.push(Buffer.from(match[2] ?? '', 'hex'));
  }
  return { time, macs };
}
