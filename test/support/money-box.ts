import { PaymentUnavailable } from '@app/payments';
import type { Charge, ChargeOutcome, Checkout, PaymentMethod, PaymentNotice, PaymentProcessor } from '@app/payments';

/** A processor that fails as it is told, and shows what it took. It keeps its promise: one key, one payment. */
export class MoneyBox implements PaymentProcessor {
  readonly name = 'stripe';
  readonly signatureHeader = 'stripe-signature';
  /** Minor units taken, by idempotency key. */
  readonly taken = new Map<string, bigint>();
  /** What the next charges do instead of answering: fail before or after the money is taken. */
  readonly faults: ('before' | 'after')[] = [];
  charges = 0;

  accepts(method: PaymentMethod): boolean {
    return method.kind === 'token';
  }

  async charge(charge: Charge): Promise<ChargeOutcome> {
    this.charges += 1;
    const fault = this.faults.shift();
    if (fault === 'before') throw new PaymentUnavailable('not reached');
    const known = this.taken.get(charge.idempotencyKey);
    if (known !== undefined && known !== charge.amountMinor) throw new Error('one key, two amounts');
    this.taken.set(charge.idempotencyKey, charge.amountMinor);
    if (fault === 'after') throw new PaymentUnavailable('the answer was lost');
    return { kind: 'paid', payment: `box ${charge.idempotencyKey}` };
  }

  createCheckout(): Promise<Checkout> {
    return Promise.reject(new PaymentUnavailable('no checkouts here'));
  }

  verifyWebhook(): PaymentNotice | null {
    return null;
  }

  close(): void {
    this.faults.length = 0;
  }
}
