import * as z from 'zod';
import { CODEC_LIMITS } from './codec-limits.js';

const DECIMAL = /^(0|-?[1-9][0-9]*)$/;

/** An integer of any size, in JSON a decimal string: a JSON number would lose digits beyond 2^53. */
export const bigInteger = z
  .codec(z.string().max(CODEC_LIMITS.integerDigitsMax).regex(DECIMAL), z.bigint(), {
    decode: (text) => BigInt(text),
    encode: (value) => value.toString(),
  })
  .meta({ id: 'BigInteger', description: 'An integer of any size as a decimal string.' });

/** Nano-credits, or 10⁻⁹ of a unit. */
export const nanos = z
  .codec(z.string().max(CODEC_LIMITS.integerDigitsMax).regex(DECIMAL), z.bigint(), {
    decode: (text) => BigInt(text),
    encode: (value) => value.toString(),
  })
  .meta({ id: 'Nanos', description: 'Integer 10⁻⁹ of a credit or unit, as a decimal string.' });

/** Unix milliseconds, UTC. */
export const instant = z.int().meta({ id: 'Instant', description: 'Unix milliseconds, UTC.' });

/** A list that nobody changes: what the event types ask for. */
export function list<S extends z.ZodType>(item: S): z.ZodType<readonly z.output<S>[], readonly z.input<S>[]> {
  return z.array(item);
}

/**
 * Names to texts, in JSON as pairs: a JSON object would treat names like `__proto__` in its own way.
 */
export const textRecord = z
  .codec(
    z.array(z.tuple([z.string(), z.string()])),
    z.custom<Readonly<Record<string, string>>>(
      (value) =>
        typeof value === 'object' && value !== null && Object.values(value).every((text) => typeof text === 'string'),
    ),
    { decode: (pairs) => Object.fromEntries(pairs), encode: (record) => Object.entries(record) },
  )
  .meta({ id: 'TextRecord', description: 'Pairs of name and text.' });

function isJson(value: unknown, depth: number): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || depth === 0) return false;
  if (Array.isArray(value)) return value.every((item) => isJson(item, depth - 1));
  return Object.values(value).every((item) => isJson(item, depth - 1));
}

/** Any JSON value, nested up to the limit. */
export const jsonValue = z
  .unknown()
  .refine((value) => isJson(value, CODEC_LIMITS.jsonDepthMax), 'is no JSON value within the nesting limit')
  .meta({ id: 'JsonValue', description: 'Any JSON value.' });
