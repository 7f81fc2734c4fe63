import * as z from 'zod';
import { bigInteger, instant, list, nanos } from './json-scalars.js';
import { eventBase, eventSchema, grantTerms } from './ledger-schemas.js';

/** A price in the smallest unit of its currency. */
export const price = z
  .strictObject({ amountMinor: bigInteger, currency: z.string() })
  .meta({ id: 'Price', description: 'Money in the smallest unit of its currency.' });

const period = z
  .strictObject({ months: z.int(), days: z.int() })
  .meta({ id: 'Period', description: 'A calendar period: months first, then days.' });

/** What a package brings. */
export const packageTerms = z
  .strictObject({
    pool: z.string(),
    creditsNanos: nanos,
    bonusNanos: nanos,
    expires: period.nullable(),
    refundWindow: period.nullable(),
  })
  .meta({ id: 'PackageTerms', description: 'What a package brings, as the catalog said when it was offered.' });

const purchase = z
  .strictObject({
    id: z.string(),
    package: z.string(),
    pool: z.string(),
    creditsNanos: nanos,
    bonusNanos: nanos,
    price,
    paymentReference: z.string().nullable(),
    refundableUntilMs: instant.nullable(),
    by: z.enum(['order', 'recharge', 'checkout']),
  })
  .meta({ id: 'Purchase', description: 'A package that was bought.' });

const reversalRecord = z
  .strictObject({
    of: z.string(),
    amountNanos: nanos,
    draw: z
      .strictObject({ rate: z.string().nullable(), cycleStartMs: instant, grant: z.string().nullable() })
      .exactOptional(),
  })
  .meta({ id: 'ReversalRecord', description: 'What a refund reversed.' });

/** Events that give, take back or reserve credits. */
export const creditSchemas = {
  GrantsStarted: eventSchema('GrantsStarted', 'Scheduled grants reached their time.', eventBase),
  GrantsExpired: eventSchema('GrantsExpired', 'Grants ended with what was left of them.', eventBase),
  GrantsRefilled: eventSchema('GrantsRefilled', 'Recurring grants were filled up to their amount again.', {
    ...eventBase,
    refills: list(z.strictObject({ grant: z.string(), nextAtMs: instant })),
  }),
  CreditsGranted: eventSchema('CreditsGranted', 'Credits were given.', { ...eventBase, grant: grantTerms }),
  CreditsPurchased: eventSchema('CreditsPurchased', 'A package was bought.', { ...eventBase, purchase }),
  CreditsRefunded: eventSchema('CreditsRefunded', 'Charges or a purchase were reversed.', {
    ...eventBase,
    reversals: list(reversalRecord),
  }),
  CreditsAdjusted: eventSchema('CreditsAdjusted', 'Credits were corrected by hand.', eventBase),
  GrantVoided: eventSchema('GrantVoided', 'A grant was taken back.', { ...eventBase, grant: z.string() }),
  HoldPlaced: eventSchema('HoldPlaced', 'Credits were reserved before the work.', {
    ...eventBase,
    hold: z.string(),
    pool: z.string(),
    amountNanos: nanos,
    expiresAtMs: instant,
  }),
  HoldEnded: eventSchema('HoldEnded', 'A hold was settled, released, or expired by itself.', {
    ...eventBase,
    hold: z.string(),
    how: z.enum(['settled', 'released', 'expired']),
    settledNanos: nanos.nullable(),
  }),
};
