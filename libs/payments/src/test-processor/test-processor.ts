import { createHash } from 'node:crypto';
import { PAYMENT_LIMITS } from '../limits.js';
import type {
  Charge,
  ChargeOutcome,
  Checkout,
  CheckoutRequest,
  PaymentMethod,
  PaymentNotice,
  PaymentProcessor,
  TestBehaviour,
  Webhook,
} from '../payment-processor.js';
import { signWebhook, verifySignature } from '../webhook-signature.js';
import { formatNotice, parseNotice } from './test-notice.js';

export interface TestProcessorOptions {
  /** Any of them verifies; the first one signs. At least one. */
  readonly secrets: readonly string[];
  readonly nowMs: () => number;
  /** After how long `slow` pays. */
  readonly slowMs?: number;
  readonly onWarning: (message: string, error: unknown) => void;
}

/** Takes a webhook as the processor's receiver does; rejecting makes it be sent again. */
export type Deliver = (webhook: Webhook) => Promise<void>;

type Asked = Pick<Charge, 'idempotencyKey' | 'subject' | 'amountMinor' | 'currency'>;

/**
 * A processor without money, for sandboxes and trials. It answers as the stored method's behaviour says and tells of
 * payments by signed webhooks, like a real one: at least once, again when the receiver fails. Payment ids follow from
 * the idempotency keys, so that a payment is the same one after a restart.
 */
export class TestProcessor implements PaymentProcessor {
  readonly name = 'test';
  readonly signatureHeader = 'creditfold-signature';
  readonly #options: TestProcessorOptions;
  /** First outcome of each idempotency key. */
  readonly #outcomes = new Map<string, ChargeOutcome>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #deliver: Deliver | undefined;

  constructor(options: TestProcessorOptions) {
    this.#options = options;
  }

  /** Where webhooks go; before this they are dropped. */
  connect(deliver: Deliver): void {
    this.#deliver = deliver;
  }

  accepts(method: PaymentMethod): boolean {
    return method.kind === 'test';
  }

  charge(charge: Charge): Promise<ChargeOutcome> {
    const known = this.#outcomes.get(charge.idempotencyKey);
    if (known !== undefined) return Promise.resolve(known);
    const behaviour = behaviourOf(charge.method);
    // What was paid at once needs no webhook; a processor that sends one all the same is what `repeat` is for.
    const outcome = this.#begin(charge, behaviour, behaviour === 'repeat' ? PAYMENT_LIMITS.testRepeats : 0);
    this.#remember(charge.idempotencyKey, outcome);
    return Promise.resolve(outcome);
  }

  createCheckout(request: CheckoutRequest): Promise<Checkout> {
    const behaviour = request.method?.kind === 'test' ? request.method.behaviour : null;
    // Nobody is there to pay: without a stored method the checkout stays open until a signed webhook says otherwise.
    if (behaviour !== null && !this.#outcomes.has(request.idempotencyKey)) {
      const deliveries = behaviour === 'repeat' ? PAYMENT_LIMITS.testRepeats : 1;
      this.#remember(request.idempotencyKey, this.#begin(request, behaviour, deliveries));
    }
    return Promise.resolve({ url: `https://checkout.test/${paymentIdOf(request)}`, status: 'open' });
  }

  verifyWebhook({ body, headers }: Webhook): PaymentNotice {
    const header = headers[this.signatureHeader];
    verifySignature(typeof header === 'string' ? header : undefined, body, {
      secrets: this.#options.secrets,
      nowMs: this.#options.nowMs(),
    });
    return parseNotice(body);
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#deliver = undefined;
  }

  #begin(asked: Asked, behaviour: TestBehaviour, deliveries: number): ChargeOutcome {
    const paid: ChargeOutcome = { kind: 'paid', payment: paymentIdOf(asked) };
    switch (behaviour) {
      case 'decline':
        this.#send(noticeOf(asked, 'declined'), 0);
        return { kind: 'declined', reason: DECLINED };
      case 'approve':
      case 'repeat':
        for (let delivery = 0; delivery < deliveries; delivery++) this.#send(noticeOf(asked, 'paid'), delivery);
        return paid;
      case 'slow':
        this.#later(this.#options.slowMs ?? PAYMENT_LIMITS.testSlowMs, () => {
          this.#remember(asked.idempotencyKey, paid);
          this.#send(noticeOf(asked, 'paid'), 0);
        });
        return { kind: 'pending' };
    }
  }

  #remember(key: string, outcome: ChargeOutcome): void {
    this.#outcomes.set(key, outcome);
    const [oldest] = this.#outcomes.keys();
    if (this.#outcomes.size > PAYMENT_LIMITS.testPaymentsRemembered && oldest !== undefined)
      this.#outcomes.delete(oldest);
  }

  #send(notice: PaymentNotice, afterMs: number, delivery = 1): void {
    this.#later(afterMs, () => {
      const body = Buffer.from(formatNotice(notice), 'utf8');
      const [secret = ''] = this.#options.secrets;
      const headers = { [this.signatureHeader]: signWebhook(body, secret, this.#options.nowMs()) };
      this.#deliver?.({ body, headers }).catch((error: unknown) => {
        if (delivery < PAYMENT_LIMITS.testDeliveriesMax)
          this.#send(notice, PAYMENT_LIMITS.testRetryBaseMs * 2 ** delivery, delivery + 1);
        else this.#options.onWarning(`The test processor gave up a webhook (${notice.id})`, error);
      });
    });
  }

  #later(ms: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, ms);
    timer.unref();
    this.#timers.add(timer);
  }
}

const DECLINED = 'card_declined';

function behaviourOf(method: PaymentMethod): TestBehaviour {
  if (method.kind !== 'test') throw new TypeError('The test processor takes test methods alone.');
  return method.behaviour;
}

const hashOf = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex').slice(0, 24);
const paymentIdOf = ({ idempotencyKey }: Pick<Asked, 'idempotencyKey'>): string => `tp_${hashOf(idempotencyKey)}`;

function noticeOf(asked: Asked, kind: PaymentNotice['kind']): PaymentNotice {
  const { subject, amountMinor, currency } = asked;
  const payment = paymentIdOf(asked);
  const reason = kind === 'declined' ? DECLINED : null;
  return { id: `te_${hashOf(`${kind} ${payment}`)}`, kind, subject, payment, amountMinor, currency, reason };
}
