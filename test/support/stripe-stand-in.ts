import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Stripe } from 'stripe';

type Json = Record<string, unknown>;

/** What the stand-in does with a payment, by the payment method's token. */
const OUTCOMES: Readonly<Record<string, string>> = {
  pm_paid: 'succeeded',
  pm_slow: 'processing',
  pm_person: 'requires_action',
  pm_declined: 'declined',
};

interface Replayed {
  readonly fingerprint: string;
  readonly status: number;
  readonly body: Json;
}

/** The few endpoints of Stripe that are used here, on 127.0.0.1, with its idempotency and its forms of errors. */
export class StripeStandIn {
  readonly intents = new Map<string, Json>();
  readonly sessions: Json[] = [];
  /** Requests still to be answered with this status instead; 0 cuts the connection after the work is done. */
  readonly failures: number[] = [];
  readonly #replays = new Map<string, Replayed>();
  readonly #server = createServer((request, response) => {
    this.#handle(request, response).catch(() => response.destroy());
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Idempotency keys are forgotten, as Stripe does after a day. */
  forgetKeys(): void {
    this.#replays.clear();
  }

  /** A webhook's body and its signature, made by the library itself. */
  static webhook(event: { id: string; type: string; object: Json }, secret: string, atMs: number) {
    const payload = JSON.stringify({
      id: event.id,
      object: 'event',
      type: event.type,
      data: { object: event.object },
    });
    const stripe = new Stripe('sk_test_signing');
    const timestamp = Math.floor(atMs / 1000);
    const header = stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
    return { body: Buffer.from(payload), headers: { 'stripe-signature': header } };
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    const failure = this.failures.shift();
    if (failure !== undefined && failure !== 0) return send(response, failure, { error: { type: 'api_error' } });
    const answer = this.#answerOnce(request, text);
    if (failure === 0) response.destroy();
    else send(response, answer.status, answer.body);
  }

  #answerOnce(request: IncomingMessage, text: string): { status: number; body: Json } {
    const key = request.headers['idempotency-key'];
    if (request.method !== 'POST' || typeof key !== 'string') return this.#answer(request, text);
    const fingerprint = `${request.url} ${text}`;
    const replayed = this.#replays.get(key);
    if (replayed !== undefined && replayed.fingerprint !== fingerprint)
      return { status: 400, body: { error: { type: 'idempotency_error', message: 'Keys for idempotent requests' } } };
    const answer = replayed ?? { fingerprint, ...this.#answer(request, text) };
    this.#replays.set(key, answer);
    return answer;
  }

  #answer(request: IncomingMessage, text: string): { status: number; body: Json } {
    const url = new URL(request.url ?? '', 'http://stand.in');
    const form = new URLSearchParams(text);
    if (request.headers.authorization !== 'Bearer sk_test_stand_in')
      return { status: 401, body: { error: { type: 'invalid_request_error', message: 'Invalid API Key' } } };
    if (request.method === 'POST' && url.pathname === '/v1/payment_intents') return this.#createIntent(form);
    if (request.method === 'POST' && url.pathname === '/v1/checkout/sessions') return this.#createSession(form);
    if (url.pathname === '/v1/payment_intents/search') {
      const wanted = /^metadata\['creditfold_key'\]:'(\w+)'$/.exec(url.searchParams.get('query') ?? '')?.[1];
      const data = [...this.intents.values()].filter((intent) => metadataOf(intent)['creditfold_key'] === wanted);
      return { status: 200, body: { object: 'search_result', data, has_more: false } };
    }
    const found = this.intents.get(url.pathname.replace('/v1/payment_intents/', ''));
    return found ? { status: 200, body: found } : { status: 404, body: { error: { type: 'invalid_request_error' } } };
  }

  #createIntent(form: URLSearchParams): { status: number; body: Json } {
    const outcome = OUTCOMES[form.get('payment_method') ?? ''];
    if (outcome === undefined)
      return { status: 400, body: { error: { type: 'invalid_request_error', code: 'resource_missing' } } };
    if (outcome === 'declined')
      return {
        status: 402,
        body: { error: { type: 'card_error', code: 'card_declined', decline_code: 'insufficient_funds' } },
      };
    const id = `pi_${this.intents.size + 1}`;
    const intent = {
      id,
      object: 'payment_intent',
      status: outcome,
      amount: Number(form.get('amount')),
      currency: form.get('currency'),
      customer: form.get('customer'),
      metadata: metadataIn(form),
      last_payment_error: null,
    };
    this.intents.set(id, intent);
    return { status: 200, body: intent };
  }

  #createSession(form: URLSearchParams): { status: number; body: Json } {
    const id = `cs_test_${this.sessions.length + 1}`;
    const session = {
      id,
      object: 'checkout.session',
      status: 'open',
      url: `https://checkout.stripe.test/${id}`,
      payment_status: 'unpaid',
      payment_intent: null,
      amount_total: Number(form.get('line_items[0][price_data][unit_amount]')),
      currency: form.get('line_items[0][price_data][currency]'),
      metadata: metadataIn(form),
    };
    this.sessions.push(session);
    return { status: 200, body: session };
  }
}

const metadataOf = (object: Json): Json => object['metadata'] as Json;

const metadataIn = (form: URLSearchParams): Json =>
  Object.fromEntries(
    [...form].flatMap(([name, value]) => {
      const key = /^metadata\[(\w+)\]$/.exec(name)?.[1];
      return key === undefined ? [] : [[key, value]];
    }),
  );

function send(response: ServerResponse, status: number, body: Json): void {
  response.writeHead(status, { 'content-type': 'application/json', 'request-id': 'req_stand_in' });
  response.end(JSON.stringify(body));
}
