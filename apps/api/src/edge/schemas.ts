import { isName, isScalarText, parseCredits, parseSignedCredits, parseTime } from '@app/metering';
import { z } from 'zod';
import { LIMITS } from '../limits.js';

const REASON_CHARS_MAX = 1_000;

/** 1 to 255 Unicode scalars, no control characters, no outer white space; compared by code point, not normalised. */
export const name = z
  .string()
  .min(1)
  .refine(isName, {
    error: 'is not a name: 1 to 255 characters, none of them a control character, no outer white space',
  })
  .meta({ description: 'Name: 1 to 255 Unicode scalars' });

/** Nano-credits above 0 from a decimal string. */
export const positiveCredits = decimal('^\\d{1,30}(\\.\\d{1,9})?$', parseCredits).refine((nanos) => nanos > 0n, {
  error: 'must be greater than 0',
});

/** Nano-credits of 0 and more from a decimal string. */
export const credits = decimal('^\\d{1,30}(\\.\\d{1,9})?$', parseCredits);

/** Nano-credits of either sign, not 0, from a decimal string. */
export const signedCredits = decimal('^-?\\d{1,30}(\\.\\d{1,9})?$', parseSignedCredits).refine(
  (nanos) => nanos !== 0n,
  {
    error: 'must not be 0',
  },
);

/** Unix milliseconds from an RFC 3339 time with a zone. */
export const instant = z
  .string()
  .max(64)
  .transform((text, context) => {
    const ms = parseTime(text);
    if (ms === undefined) context.addIssue({ code: 'custom', message: 'is not an RFC 3339 time with a zone' });
    return ms ?? 0;
  })
  .meta({ format: 'date-time' });

/** A time on a whole hour. */
export const wholeHour = instant.refine((ms) => ms % 3_600_000 === 0, { error: 'must be on a whole hour' });

/** A sentence for people: up to 1,000 characters, no control characters but line breaks. */
export const reason = z
  .string()
  .trim()
  .min(1)
  .max(REASON_CHARS_MAX)
  .refine((text) => !hasControls(text), { error: 'has control characters' });

/** Revisions and positions: decimal strings of integers. */
const revision = z
  .string()
  .regex(/^\d{1,19}$/, { error: 'is not a revision' })
  .transform(BigInt);

export const pageQuery = {
  limit: z
    .string()
    .regex(/^\d{1,4}$/, { error: `is not a number from 1 to ${LIMITS.pageItemsMax}` })
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= LIMITS.pageItemsMax, {
      error: `is not a number from 1 to ${LIMITS.pageItemsMax}`,
    })
    .optional(),
  next: z.string().min(1).max(LIMITS.cursorCharsMax).optional(),
};

/** Read your own write: waits until the read model has this revision of the account. */
export const minRevisionQuery = { minRevision: revision.optional() };

function decimal(pattern: string, parse: (text: string) => bigint | undefined) {
  return z
    .string()
    .max(64)
    .transform((text, context) => {
      const nanos = parse(text);
      if (nanos === undefined)
        context.addIssue({
          code: 'custom',
          message: 'is not a decimal: digits[.digits], 30 before and 9 after the point',
        });
      return nanos ?? 0n;
    })
    .meta({ pattern, examples: ['90', '0.00005'] });
}

// Line breaks and tabs are the only controls that people write.
function hasControls(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if ((code < 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) || (code >= 0x7f && code <= 0x9f)) return true;
  }
  return !isScalarText(text, REASON_CHARS_MAX);
}
