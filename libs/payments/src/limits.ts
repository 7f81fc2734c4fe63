/** Every limit of this lib, in one place. */
export const PAYMENT_LIMITS = {
  /** A signature is believed for so long, before and after: what was recorded cannot be replayed later. */
  signatureToleranceMs: 300_000,
  /** Secrets that sign at the same time: the new one and the one it replaces. */
  webhookSecretsMax: 2,
  /** Payments of the test processor that a later question about them finds settled. */
  testPaymentsRemembered: 10_000,
  testSlowMs: 300,
  /** Deliveries of one webhook by `repeat`. */
  testRepeats: 3,
  /** Deliveries of one webhook that fail, before the test processor gives up. */
  testDeliveriesMax: 8,
  testRetryBaseMs: 50,
  /** One call of the processor, its own retries excluded. */
  requestTimeoutMs: 20_000,
  requestRetriesMax: 2,
  /** Stripe forgets idempotency keys after 24 hours: what was asked for before that is searched for first. */
  idempotencyTrustedMs: 20 * 3_600_000,
  /** Characters of an idempotency key. */
  idempotencyKeyCharsMax: 255,
} as const;
