import { describe, expect, it } from '@jest/globals';
import { InvalidWebhook } from './payment-processor.js';
import { signWebhook, verifySignature } from './webhook-signature.js';

const NOW_MS = Date.UTC(2026, 10, 20, 10);
const BODY = Buffer.from('{"id":"te_1"}');
const OLD = 'the secret that is being replaced';
const NEW = 'the secret that replaces it';

const signed = signWebhook(BODY, NEW, NOW_MS);
const mac = signed.split('v1=')[1] ?? '';

const verdictOf = (header: string | undefined, { body = BODY, secrets = [NEW, OLD], nowMs = NOW_MS } = {}): string => {
  try {
    verifySignature(header, body, { secrets, nowMs });
    return 'genuine';
  } catch (error) {
    if (error instanceof InvalidWebhook) return error.code;
    throw error;
  }
};

describe('a webhook signature', () => {
  it.each<[string, string | undefined, Parameters<typeof verdictOf>[1], string]>([
    ['of now', signed, {}, 'genuine'],
    ['by the secret that is being replaced', signWebhook(BODY, OLD, NOW_MS), {}, 'genuine'],
    ['among others', `${signed},v1=${'0'.repeat(64)}`, {}, 'genuine'],
    ['of almost five minutes ago', signed, { nowMs: NOW_MS + 299_000 }, 'genuine'],
    ['of five minutes ago', signed, { nowMs: NOW_MS + 301_000 }, 'SignatureExpired'],
    ['of the future', signed, { nowMs: NOW_MS - 301_000 }, 'SignatureExpired'],
    ['that is missing', undefined, {}, 'InvalidSignature'],
    ['that is empty', '', {}, 'InvalidSignature'],
    ['without a time', `v1=${mac}`, {}, 'InvalidSignature'],
    ['without a value', signed.split(',')[0], {}, 'InvalidSignature'],
    ['of another time', signed.replace(/t=\d/, 't=2'), {}, 'InvalidSignature'],
    ['of another body', signed, { body: Buffer.from('{"id":"te_2"}') }, 'InvalidSignature'],
    ['by another secret', signWebhook(BODY, 'guessed', NOW_MS), {}, 'InvalidSignature'],
    ['by a secret that is gone', signWebhook(BODY, OLD, NOW_MS), { secrets: [NEW] }, 'InvalidSignature'],
    ['where no secret is set', signed, { secrets: [] }, 'InvalidSignature'],
    ['cut short', signed.slice(0, -2), {}, 'InvalidSignature'],
    ['in capitals', signed.toUpperCase(), {}, 'InvalidSignature'],
    ['with a time beyond all numbers', `t=${'9'.repeat(40)},v1=${mac}`, {}, 'InvalidSignature'],
  ])('%s', (_name, header, terms, verdict) => {
    expect(verdictOf(header, terms)).toBe(verdict);
  });
});
