import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import * as z from 'zod';
import { accountEvents } from './account-codec.js';
import { catalogEvents, deploymentEvents } from './catalog-events.js';
import { CorruptEvent, NewerEventVersion } from './codec-errors.js';
import type { EventCodec } from './event-codec.js';
import { feedEvents } from './feed-events.js';
import { chainStart, verifyChain } from './hash-chain.js';

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.uuid(),
  fc
    .tuple(fc.constantFrom('', 'job-', 'é'), fc.nat())
    .map(([prefix, value]) => prefix + String(value).padStart(6, '0')),
  fc.constantFrom('__proto__', 'constructor', '\ud800 alone', 'ABCDEF00-0000-4000-8000-000000000000', '0'.repeat(40)),
);
const bigint = fc.oneof(
  fc.bigInt({ min: -10n, max: 10n }),
  fc.nat().map((value) => BigInt(value) * 1_000_000_000n),
  fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }),
  fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n }),
);
const integer = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -4e15, max: 4e15 }));
const secret = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('base64'));
const record = fc.dictionary(text, text);

function fieldsOf(shape: Readonly<Record<string, z.core.$ZodType>>): fc.Arbitrary<unknown> {
  const fields = Object.entries(shape);
  const required = fields.filter(([, field]) => !(field instanceof z.ZodExactOptional)).map(([name]) => name);
  return fc.record(Object.fromEntries(fields.map(([name, field]) => [name, arbitraryOf(field)])), {
    requiredKeys: required,
  });
}

/** Values of a schema of ours, hostile ones among them. */
function arbitraryOf(schema: z.core.$ZodType): fc.Arbitrary<unknown> {
  if (schema instanceof z.ZodObject) return fieldsOf(schema.shape);
  if (schema instanceof z.ZodExactOptional || schema instanceof z.ZodNullable) {
    const inner = arbitraryOf(schema.unwrap());
    return schema instanceof z.ZodNullable ? fc.option(inner) : inner;
  }
  if (schema instanceof z.ZodArray) return fc.array(arbitraryOf(schema.element), { maxLength: 6 });
  if (schema instanceof z.ZodTuple) return fc.tuple(...schema.def.items.map(arbitraryOf));
  if (schema instanceof z.ZodUnion) return fc.oneof(...schema.options.map(arbitraryOf));
  if (schema instanceof z.ZodPipe) return schema.out instanceof z.ZodBigInt ? bigint : record;
  if (schema instanceof z.ZodEnum) return fc.constantFrom(...schema.options);
  if (schema instanceof z.ZodLiteral) return fc.constantFrom(...schema.values);
  if (schema instanceof z.ZodNumber)
    return schema.minValue === 0 ? fc.integer({ min: 0, max: 0xff_ff_ff_ff }) : integer;
  if (schema instanceof z.ZodString)
    return schema.def.checks === undefined || schema.def.checks.length === 0 ? text : secret;
  if (schema instanceof z.ZodBoolean) return fc.boolean();
  // JSON has no negative zero: what is written is compared as JSON writes it.
  if (schema instanceof z.ZodUnknown)
    return fc.jsonValue({ noUnicodeString: false }).map((value): unknown => JSON.parse(JSON.stringify(value)));
  throw new Error(`no arbitrary for ${schema.constructor.name}`);
}

interface Case {
  readonly type: string;
  /** Every event of the type, sealed after `start`; decoded, and both as people see them. */
  readonly sealed: fc.Arbitrary<{ readonly data: Uint8Array; readonly id: string; readonly written: unknown }>;
  /** Decodes all of it, also what is decoded only when it is asked for. */
  readonly decode: (data: Uint8Array) => object;
  readonly read: (data: Uint8Array) => unknown;
}

const start = chainStart('account-acme');

function casesOf<E extends { readonly type: string }>(codec: EventCodec<E>): Case[] {
  return codec.entries().map(([type, { schema }]) => ({
    type,
    sealed: arbitraryOf(schema).map((value) => {
      const event = value as E;
      return { ...codec.encode(event, start), written: codec.view(event) };
    }),
    decode: (data) => ({ ...codec.decode({ type, data }).event }),
    read: (data) => codec.view(codec.decode({ type, data }).event),
  }));
}

const cases = [
  ...casesOf(accountEvents),
  ...casesOf(feedEvents),
  ...casesOf(catalogEvents),
  ...casesOf(deploymentEvents),
];

const mutation = fc.record({ at: fc.nat(), mask: fc.integer({ min: 1, max: 255 }), cut: fc.option(fc.nat()) });

function mutated(data: Uint8Array, { at, mask, cut }: { at: number; mask: number; cut: number | null }): Uint8Array {
  const copy = new Uint8Array(data);
  const index = at % copy.length;
  copy[index] = (copy[index] ?? 0) ^ mask;
  return cut === null ? copy : copy.subarray(0, cut % copy.length);
}

function problemOf(attempt: () => unknown): Error | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

describe.each(cases)('$type', ({ type, sealed, decode, read }) => {
  const numRuns = type === 'UsageCharged' ? 200 : 20;

  it('is read as it was written', () => {
    fc.assert(
      fc.property(sealed, ({ data, written }) => {
        expect(read(data)).toEqual(written);
      }),
      { numRuns },
    );
  });

  it('is refused with a typed error, or read as something, after any mutation', () => {
    fc.assert(
      fc.property(sealed, fc.array(mutation, { minLength: 1, maxLength: 3 }), ({ data }, mutations) => {
        const bytes = mutations.reduce((left, change) => (left.length === 0 ? left : mutated(left, change)), data);
        const problem = problemOf(() => decode(bytes));
        expect([undefined, CorruptEvent, NewerEventVersion]).toContain(problem?.constructor);
      }),
      { numRuns: numRuns * 4 },
    );
  });

  it('I5: a mutated byte does not fit the hash chain', () => {
    fc.assert(
      fc.property(sealed, mutation, ({ data, id }, change) => {
        expect(verifyChain(start, { id, type, data })).toMatchObject({ isIntact: true });
        expect(verifyChain(start, { id, type, data: mutated(data, change) })).toMatchObject({ isIntact: false });
      }),
      { numRuns },
    );
  });
});
