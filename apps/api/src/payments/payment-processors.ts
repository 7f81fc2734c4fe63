import type { Wallet } from '@app/metering';
import type { PaymentNotice, PaymentProcessor, TestProcessor, Webhook } from '@app/payments';

/** A notice, and whose it is: a processor is believed about the accounts that pay through it, and no others. */
export interface SignedNotice {
  readonly processor: PaymentProcessor;
  /** Null: genuine, and about something that was not begun here. */
  readonly notice: PaymentNotice | null;
}

/** The deployment's processor, and the test processor, through which alone sandboxes pay. */
export class PaymentProcessors {
  constructor(
    private readonly main: PaymentProcessor,
    readonly test: TestProcessor,
  ) {}

  of(wallet: Pick<Wallet, 'clock'>): PaymentProcessor {
    return wallet.clock === 'manual' ? this.test : this.main;
  }

  /** @throws {InvalidWebhook} */
  verify(webhook: Webhook): SignedNotice {
    const isMain = this.main === this.test || webhook.headers[this.main.signatureHeader] !== undefined;
    const processor = isMain ? this.main : this.test;
    return { processor, notice: processor.verifyWebhook(webhook) };
  }

  close(): void {
    this.main.close();
    this.test.close();
  }
}
