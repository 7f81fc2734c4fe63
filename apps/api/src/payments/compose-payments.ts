import { randomBytes } from 'node:crypto';
import { PAYMENT_LIMITS, StripeProcessor, TestProcessor } from '@app/payments';
import type { Logger } from 'pino';
import { InvalidSetting } from '../api-config.js';
import type { PaymentJournal } from './payment-journal.js';
import { PaymentProcessors } from './payment-processors.js';

/** What payments need beside the accounts. */
export interface PaymentParts {
  readonly processors: PaymentProcessors;
  readonly journal: PaymentJournal;
}

export interface PaymentOptions {
  readonly nowMs: () => number;
  readonly log: Logger;
}

/**
 * The deployment's processor: Stripe where `CREDITFOLD_STRIPE_SECRET_KEY` is set, else the test processor.
 * `CREDITFOLD_PAYMENT_WEBHOOK_SECRET` holds one secret, or two with a comma while one replaces the other.
 * @throws {InvalidSetting}
 */
export function composeProcessors(
  env: Readonly<Record<string, string | undefined>>,
  { nowMs, log }: PaymentOptions,
): PaymentProcessors {
  const secrets = webhookSecretsOf(env['CREDITFOLD_PAYMENT_WEBHOOK_SECRET']);
  const onWarning = (message: string, err: unknown): void => log.warn({ err }, message);
  const secretKey = env['CREDITFOLD_STRIPE_SECRET_KEY'];
  const isTest = secretKey === undefined || secretKey === '';
  // Where nobody was told a secret, nobody can sign but the test processor itself.
  const testSecrets = isTest && secrets.length > 0 ? secrets : [randomBytes(32).toString('hex')];
  const test = new TestProcessor({ secrets: testSecrets, nowMs, onWarning });
  if (isTest) return new PaymentProcessors(test, test);
  if (secrets.length === 0) {
    throw new InvalidSetting('CREDITFOLD_PAYMENT_WEBHOOK_SECRET has to be set, to believe what Stripe says.');
  }
  const returnUrl = env['CREDITFOLD_CHECKOUT_RETURN_URL'];
  if (returnUrl === undefined || !URL.canParse(returnUrl)) {
    throw new InvalidSetting('CREDITFOLD_CHECKOUT_RETURN_URL has to be set: where customers come back to.');
  }
  const apiUrl = env['CREDITFOLD_STRIPE_API_URL'];
  const place = apiUrl === undefined ? {} : { apiUrl };
  const stripe = new StripeProcessor({ secretKey, webhookSecrets: secrets, returnUrl, nowMs, ...place });
  return new PaymentProcessors(stripe, test);
}

function webhookSecretsOf(setting: string | undefined): string[] {
  const secrets = (setting ?? '')
    .split(',')
    .map((secret) => secret.trim())
    .filter((secret) => secret !== '');
  if (secrets.length <= PAYMENT_LIMITS.webhookSecretsMax) return secrets;
  throw new InvalidSetting('CREDITFOLD_PAYMENT_WEBHOOK_SECRET holds at most two secrets.');
}
