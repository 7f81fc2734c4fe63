import { describe, expect, it } from '@jest/globals';
import type { Notification } from './notification.js';
import { postOf } from './notifier.js';
import { isSignedBy, newSigningSecret, signedHeaders, signingSecret } from './webhook-signing.js';

/** The example of the Standard Webhooks specification. */
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const MESSAGE = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestampSeconds: 1614265330, body: '{"test": 2432232314}' };
const NOW_MS = 1614265330_000;

const NOTIFICATION: Notification = {
  id: 'ntf_1',
  organisation: 'acme',
  kind: 'threshold',
  severity: 'warning',
  title: '70 % of pool credits used',
  text: 'Top up.',
  at: '2026-11-20T10:00:00Z',
  data: { value: '70' },
};

describe('signed webhooks', () => {
  it('sign as the specification does', () => {
    expect(signedHeaders(MESSAGE, [SECRET])).toEqual({
      'webhook-id': MESSAGE.id,
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('sign with both active secrets, so that either verifies', () => {
    const next = newSigningSecret();
    const { 'webhook-signature': signatures = '' } = signedHeaders(MESSAGE, [SECRET, next]);
    for (const secret of [SECRET, next]) expect(isSignedBy(MESSAGE, signatures, { secret, nowMs: NOW_MS })).toBe(true);
    expect(isSignedBy(MESSAGE, signatures, { secret: newSigningSecret(), nowMs: NOW_MS })).toBe(false);
    expect(isSignedBy({ ...MESSAGE, body: '{}' }, signatures, { secret: SECRET, nowMs: NOW_MS })).toBe(false);
  });

  it.each([
    [300_000, true],
    [300_001, false],
    [-300_001, false],
  ])('are believed %i ms later: %s', (laterMs, isBelieved) => {
    const { 'webhook-signature': signatures = '' } = signedHeaders(MESSAGE, [SECRET]);
    expect(isSignedBy(MESSAGE, signatures, { secret: SECRET, nowMs: NOW_MS + laterMs })).toBe(isBelieved);
  });

  it.each(['', 'whsec_', 'secret', 'whsec_c2hvcnQ=', `whsec_${'A'.repeat(100)}`, `whsec_!${'A'.repeat(40)}`])(
    'take no secret like %j',
    (secret) => {
      expect(signingSecret.safeParse(secret).success).toBe(false);
    },
  );
});

describe('requests to channels', () => {
  it('give a webhook the whole notification, signed under its id', () => {
    const { body, headers } = postOf(
      NOTIFICATION,
      { kind: 'webhook', url: 'https://x', secrets: [SECRET] },
      1614265330,
    );
    expect(JSON.parse(body)).toEqual({ type: 'threshold', timestamp: NOTIFICATION.at, data: NOTIFICATION });
    const message = { id: 'ntf_1', timestampSeconds: 1614265330, body };
    expect(isSignedBy(message, headers['webhook-signature'] ?? '', { secret: SECRET, nowMs: NOW_MS })).toBe(true);
  });
});
