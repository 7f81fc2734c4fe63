import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { PAYMENT_LIMITS, TestProcessor } from '@app/payments';
import type { Charge, PaymentNotice, TestBehaviour } from '@app/payments';
import { eventually } from '../support/eventually.js';

const NOW_MS = Date.UTC(2026, 10, 20, 10);

/** A processor whose webhooks are received by a receiver that fails the first times. */
function connected({ failures = 0 } = {}) {
  const received: PaymentNotice[] = [];
  let left = failures;
  const options = { secrets: ['new', 'old'], nowMs: () => NOW_MS, slowMs: 20, onWarning: () => undefined };
  const processor = new TestProcessor(options);
  processor.connect((webhook) => {
    if (left-- > 0) return Promise.reject(new Error('the receiver is busy'));
    received.push(processor.verifyWebhook(webhook));
    return Promise.resolve();
  });
  return { processor, received };
}

const chargeOf = (behaviour: TestBehaviour): Charge => ({
  idempotencyKey: 'acme/recharge-1',
  subject: { organisation: 'acme', purpose: 'recharge', id: 'recharge-1' },
  amountMinor: 1_000n,
  currency: 'EUR',
  method: { kind: 'test', behaviour },
  askedAtMs: NOW_MS,
});

describe('the test processor', () => {
  it.each<[TestBehaviour, string, string[]]>([
    ['approve', 'paid', []],
    ['decline', 'declined', ['declined']],
    ['slow', 'pending', ['paid']],
    ['repeat', 'paid', Array.from({ length: PAYMENT_LIMITS.testRepeats }, () => 'paid')],
  ])('that %s answers %s', async (behaviour, kind, notices) => {
    const { processor, received } = connected();
    expect(await processor.charge(chargeOf(behaviour))).toMatchObject({ kind });
    await eventually('the notices', () => received.length >= notices.length);
    await sleep(100);
    expect(received.map((notice) => notice.kind)).toEqual(notices);
    // Repeated deliveries are the very same notice.
    expect(new Set(received.map(({ id }) => id)).size).toBe(Math.min(1, notices.length));
    processor.close();
  });

  it('tells a slow payment to whoever asks again', async () => {
    const { processor, received } = connected();
    expect(await processor.charge(chargeOf('slow'))).toEqual({ kind: 'pending' });
    expect(await processor.charge(chargeOf('slow'))).toEqual({ kind: 'pending' });
    await eventually('the notice', () => received.length > 0);
    const outcome = await processor.charge(chargeOf('slow'));
    expect(outcome).toEqual({ kind: 'paid', payment: received[0]?.payment });
    await sleep(100);
    expect(received).toHaveLength(1);
    processor.close();
  });

  it('answers one key with its first outcome, and the same payment after a restart', async () => {
    const { processor } = connected();
    const first = await processor.charge(chargeOf('approve'));
    expect(await processor.charge(chargeOf('decline'))).toEqual(first);
    expect(await connected().processor.charge(chargeOf('approve'))).toEqual(first);
  });

  it('sends a webhook again until it is taken', async () => {
    const { processor, received } = connected({ failures: 2 });
    await processor.charge(chargeOf('slow'));
    await eventually('the notice', () => received.length > 0);
    await sleep(1_000);
    expect(received).toHaveLength(1);
    processor.close();
  });

  it('is silent once it is closed', async () => {
    const { processor, received } = connected();
    await processor.charge(chargeOf('slow'));
    processor.close();
    await sleep(100);
    expect(received).toEqual([]);
  });
});
