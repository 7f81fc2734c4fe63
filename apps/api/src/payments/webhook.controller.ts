import { Controller, Inject } from '@nestjs/common';
import { InvalidWebhook } from '@app/payments';
import type { Webhook } from '@app/payments';
import { z } from 'zod';
import type { ApiParts } from '../api-parts.js';
import { Endpoint } from '../edge/endpoint.js';
import type { HttpRequest } from '../edge/http.js';
import { Problem } from '../edge/problem.js';
import { bodyBytesOf, TheRequest } from '../edge/request-body.js';
import { LIMITS } from '../limits.js';
import { PARTS, PAYMENT_SETTLEMENT } from '../tokens.js';
import type { SignedNotice } from './payment-processors.js';
import type { PaymentSettlement } from './payment-settlement.js';

const received = z.object({ received: z.literal(true) });

/** The payment processor tells what became of payments. Its signature is its key. */
@Controller()
export class PaymentWebhookController {
  constructor(
    @Inject(PARTS) private readonly parts: ApiParts,
    @Inject(PAYMENT_SETTLEMENT) private readonly settlement: PaymentSettlement,
  ) {}

  @Endpoint({
    method: 'POST',
    path: '/v1/payments/webhook',
    summary: "The payment processor's signed notices; repeating one is safe",
    scope: 'public',
    body: z.looseObject({}),
    bodyBytesMax: LIMITS.webhookBytesMax,
    answer: received,
  })
  async take(@TheRequest() request: HttpRequest): Promise<z.input<typeof received>> {
    // The bytes as they came: they are what is signed.
    const body = await bodyBytesOf(request, LIMITS.webhookBytesMax);
    await this.settlement.take(this.#verified({ body, headers: request.headers }));
    return { received: true };
  }

  #verified(webhook: Webhook): SignedNotice {
    try {
      return this.parts.payments.processors.verify(webhook);
    } catch (error) {
      if (error instanceof InvalidWebhook) throw Problem.of(error.code, `It is not taken: ${error.message}.`);
      throw error;
    }
  }
}
