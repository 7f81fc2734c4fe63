import { createHash } from 'node:crypto';
import { Stripe } from 'stripe';
import { PAYMENT_LIMITS } from '../limits.js';
import { InvalidWebhook, PaymentUnavailable } from '../payment-processor.js';
import type {
  Charge,
  ChargeOutcome,
  Checkout,
  CheckoutRequest,
  PaymentMethod,
  PaymentNotice,
  PaymentProcessor,
  Webhook,
} from '../payment-processor.js';
import { declineReasonOf, metadataOf, noticeOfEvent } from './stripe-notice.js';

export interface StripeProcessorOptions {
  readonly secretKey: string;
  /** Signing secrets of the webhook endpoint; any of them verifies. */
  readonly webhookSecrets: readonly string[];
  /** Where the customer comes back to after a checkout. */
  readonly returnUrl: string;
  readonly nowMs: () => number;
  /** Another place than Stripe's own, e.g. `http://127.0.0.1:12111`. */
  readonly apiUrl?: string;
}

/** Payments by Stripe, through its official library: PaymentIntents off session, and Checkout. */
export class StripeProcessor implements PaymentProcessor {
  readonly name = 'stripe';
  readonly signatureHeader = 'stripe-signature';
  readonly #stripe: Stripe;
  readonly #options: StripeProcessorOptions;

  constructor(options: StripeProcessorOptions) {
    this.#options = options;
    this.#stripe = new Stripe(options.secretKey, {
      maxNetworkRetries: PAYMENT_LIMITS.requestRetriesMax,
      timeout: PAYMENT_LIMITS.requestTimeoutMs,
      telemetry: false,
      ...(options.apiUrl === undefined ? {} : addressOf(new URL(options.apiUrl))),
    });
  }

  accepts(method: PaymentMethod): boolean {
    return method.kind === 'token';
  }

  async charge(charge: Charge): Promise<ChargeOutcome> {
    // Beyond the life of idempotency keys only the payment itself can say that it was made.
    const isOld = this.#options.nowMs() - charge.askedAtMs > PAYMENT_LIMITS.idempotencyTrustedMs;
    try {
      const found = isOld ? await this.#find(charge) : undefined;
      return await this.#settled(found ?? (await this.#create(charge)));
    } catch (error) {
      if (error instanceof Stripe.errors.StripeIdempotencyError) return this.#chargedBefore(charge, error);
      return outcomeOfError(error);
    }
  }

  async createCheckout(request: CheckoutRequest): Promise<Checkout> {
    const { returnUrl } = this.#options;
    try {
      const session = await this.#stripe.checkout.sessions.create(
        {
          mode: 'payment',
          success_url: returnUrl,
          cancel_url: returnUrl,
          client_reference_id: request.subject.id,
          metadata: metadataOf(request.subject),
          line_items: [
            {
              quantity: 1,
              price_data: {
                currency: request.currency.toLowerCase(),
                unit_amount: minorNumber(request.amountMinor),
                product_data: { name: request.title },
              },
            },
          ],
        },
        { idempotencyKey: keyOf(request) },
      );
      return { url: session.url ?? returnUrl, status: statusOf(session) };
    } catch (error) {
      throw unavailable(error);
    }
  }

  verifyWebhook({ body, headers }: Webhook): PaymentNotice | null {
    const header = headers[this.signatureHeader];
    if (typeof header !== 'string') throw new InvalidWebhook('InvalidSignature', 'the webhook is not signed');
    const { webhookSecrets } = this.#options;
    let fault: InvalidWebhook | undefined;
    for (const secret of webhookSecrets) {
      try {
        return noticeOfEvent(this.#verified(Buffer.from(body), header, secret));
      } catch (error) {
        // Of several secrets, the one that is right but late says more than the one that is wrong.
        const next = faultOf(error);
        if (fault?.code !== 'SignatureExpired') fault = next;
      }
    }
    throw fault ?? new InvalidWebhook('InvalidSignature', 'no secret is set');
  }

  close(): void {
    // The library holds idle sockets alone, which keep no process alive.
  }

  #verified(body: Buffer, header: string, secret: string): Stripe.Event {
    const toleranceSeconds = PAYMENT_LIMITS.signatureToleranceMs / 1000;
    const nowMs = this.#options.nowMs();
    return this.#stripe.webhooks.constructEvent(body, header, secret, toleranceSeconds, undefined, nowMs);
  }

  #create(charge: Charge): Promise<Stripe.PaymentIntent> {
    const { method } = charge;
    if (method.kind !== 'token') throw new TypeError('Stripe takes tokens alone.');
    return this.#stripe.paymentIntents.create(
      {
        amount: minorNumber(charge.amountMinor),
        currency: charge.currency.toLowerCase(),
        payment_method: method.token,
        ...(method.customer === null ? {} : { customer: method.customer }),
        off_session: true,
        confirm: true,
        metadata: { ...metadataOf(charge.subject), creditfold_key: hashOf(charge.idempotencyKey) },
      },
      { idempotencyKey: keyOf(charge) },
    );
  }

  /** The answer to a repeated key is as old as the key: what is under way is looked at again. */
  async #settled(intent: Stripe.PaymentIntent): Promise<ChargeOutcome> {
    if (isFinal(intent)) return outcomeOf(intent);
    return outcomeOf(await this.#stripe.paymentIntents.retrieve(intent.id));
  }

  /** The key was used with another method, which the organisation has replaced since: the first payment stands. */
  async #chargedBefore(charge: Charge, cause: unknown): Promise<ChargeOutcome> {
    try {
      const found = await this.#find(charge);
      if (found !== undefined) return outcomeOf(found);
    } catch (error) {
      throw unavailable(error);
    }
    throw unavailable(cause);
  }

  async #find(charge: Charge): Promise<Stripe.PaymentIntent | undefined> {
    const query = `metadata['creditfold_key']:'${hashOf(charge.idempotencyKey)}'`;
    const { data } = await this.#stripe.paymentIntents.search({ query, limit: 10 });
    return data.find((intent) => intent.status === 'succeeded') ?? data.find(isUnderWay) ?? data[0];
  }
}

function statusOf(session: Stripe.Checkout.Session): Checkout['status'] {
  if (session.status === 'complete') return 'paid';
  return session.status === 'expired' ? 'expired' : 'open';
}

const isUnderWay = ({ status }: Stripe.PaymentIntent): boolean => status === 'processing';
const isFinal = ({ status }: Stripe.PaymentIntent): boolean => status === 'succeeded' || status === 'canceled';

function outcomeOf(intent: Stripe.PaymentIntent): ChargeOutcome {
  if (intent.status === 'succeeded') return { kind: 'paid', payment: intent.id };
  if (isUnderWay(intent)) return { kind: 'pending' };
  // Nobody is there to authenticate: what needs a person is a decline.
  const reason =
    intent.status === 'requires_action' ? 'authentication_required' : declineReasonOf(intent.last_payment_error);
  return { kind: 'declined', reason };
}

/** Declines are outcomes; a request that Stripe refuses took no money either. All else is unknown. @throws {PaymentUnavailable} */
function outcomeOfError(error: unknown): ChargeOutcome {
  const { StripeCardError, StripeInvalidRequestError } = Stripe.errors;
  if (error instanceof StripeCardError) return { kind: 'declined', reason: declineReasonOf(error) };
  if (error instanceof StripeInvalidRequestError) return { kind: 'declined', reason: error.code ?? 'invalid_request' };
  throw unavailable(error);
}

function unavailable(error: unknown): unknown {
  if (!(error instanceof Stripe.errors.StripeError)) return error;
  return new PaymentUnavailable(`Stripe answered ${error.type}`, { cause: error });
}

function faultOf(error: unknown): InvalidWebhook {
  if (!(error instanceof Stripe.errors.StripeSignatureVerificationError))
    return new InvalidWebhook('InvalidWebhookBody', 'the body is no event');
  const isLate = error.message.startsWith('Timestamp outside');
  return isLate
    ? new InvalidWebhook('SignatureExpired', 'the webhook was signed too long ago')
    : new InvalidWebhook('InvalidSignature', 'the signature is not of this body and secret');
}

function addressOf(url: URL): { host: string; port: string; protocol: 'http' | 'https' } {
  const protocol = url.protocol === 'http:' ? 'http' : 'https';
  const port = url.port === '' ? (protocol === 'http' ? '80' : '443') : url.port;
  return { host: url.hostname, port, protocol };
}

function minorNumber(amountMinor: bigint): number {
  const amount = Number(amountMinor);
  if (!Number.isSafeInteger(amount)) throw new RangeError('The amount is beyond what a payment can be.');
  return amount;
}

const hashOf = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/** A header takes ASCII of a bounded length; organisations may have any name. */
function keyOf({ idempotencyKey }: { readonly idempotencyKey: string }): string {
  const isPlain = /^[\x21-\x7e]+$/.test(idempotencyKey);
  return isPlain && idempotencyKey.length <= PAYMENT_LIMITS.idempotencyKeyCharsMax
    ? idempotencyKey
    : hashOf(idempotencyKey);
}
