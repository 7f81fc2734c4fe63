import { describe, expect, it } from '@jest/globals';
import { InvalidWebhook } from '../payment-processor.js';
import type { PaymentNotice } from '../payment-processor.js';
import { formatNotice, parseNotice } from './test-notice.js';

const NOTICE: PaymentNotice = {
  id: 'te_1',
  kind: 'paid',
  subject: { organisation: 'acme', purpose: 'checkout', id: 'c-1' },
  payment: 'tp_1',
  amountMinor: 1_000n,
  currency: 'EUR',
  reason: null,
};

const parse = (text: string): PaymentNotice => parseNotice(Buffer.from(text, 'latin1'));

describe('a payment notice', () => {
  it('is read as it was written', () => {
    expect(parse(formatNotice(NOTICE))).toEqual(NOTICE);
    const declined = { ...NOTICE, kind: 'declined', reason: 'card_declined' } as const;
    expect(parse(formatNotice(declined))).toEqual(declined);
    const again = { ...NOTICE, subject: { organisation: 'acme', purpose: 'invoice', id: 'i-1', attempt: 2 } } as const;
    expect(parse(formatNotice(again))).toEqual(again);
  });

  it.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['no UTF-8', '{"id":"\xff"}'],
    ['an array', '[]'],
    ['null', 'null'],
    ['no subject', JSON.stringify({ ...NOTICE, amountMinor: '1', subject: null })],
    ['no organisation', JSON.stringify({ ...NOTICE, amountMinor: '1', subject: { purpose: 'checkout', id: 'c' } })],
    ['an unknown purpose', formatNotice(NOTICE).replace('checkout', 'gift')],
    ['an unknown kind', formatNotice(NOTICE).replace('paid', 'promised')],
    ['an amount that is a number', formatNotice(NOTICE).replace('"1000"', '1000')],
    ['a negative amount', formatNotice(NOTICE).replace('"1000"', '"-1000"')],
    ['an amount with a fraction', formatNotice(NOTICE).replace('"1000"', '"10.00"')],
    ['an empty id', formatNotice(NOTICE).replace('te_1', '')],
  ])('is none: %s', (_name, text) => {
    expect(() => parse(text)).toThrow(InvalidWebhook);
  });
});
