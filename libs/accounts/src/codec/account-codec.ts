import type { AccountEvent } from '@app/metering';
import type * as z from 'zod';
import { creditSchemas } from './credit-schemas.js';
import type { DecodedEvent, EventDefinitions, StoredBody, Upcaster } from './event-codec.js';
import { EventCodec, jsonDefinition, jsonUpcaster } from './event-codec.js';
import type { ChargedEvent } from './evidence-codec.js';
import type { EncodedEvent } from './hash-chain.js';
import { lifecycleSchemas } from './lifecycle-schemas.js';
import { ruleSchemas } from './rule-schemas.js';
import { readUsageCharged, usageOfVersion1, visitUsage, writeUsageCharged } from './usage-charged-codec.js';
import { usageChargedSchema } from './usage-schema.js';
import { USAGE_VERSION } from './usage-version.js';

type JsonEvent = Exclude<AccountEvent, { type: 'UsageCharged' }>;

/** A type with every optional field made required, so that a schema that has forgotten one does not compare equal. */
type Complete<T> = T extends readonly (infer Item)[]
  ? readonly Complete<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]-?: Complete<T[Key]> }
    : T;
type Same<A, B> = [Complete<A>, Complete<B>] extends [Complete<B>, Complete<A>] ? true : false;

/** One strict schema an event type. */
const accountEventSchemas = { ...lifecycleSchemas, ...creditSchemas, ...ruleSchemas } satisfies {
  readonly [T in JsonEvent['type']]: z.ZodType<Extract<AccountEvent, { type: T }>>;
};

type Schemas = typeof accountEventSchemas & { readonly UsageCharged: typeof usageChargedSchema };
type Compared = {
  readonly [T in AccountEvent['type']]: Same<z.output<Schemas[T]>, Extract<AccountEvent, { type: T }>>;
};

/** Compiling proves that each schema has exactly the fields of the interface of its type: else this is `never`. */
const matchingSchemas: Compared[AccountEvent['type']] extends true ? typeof accountEventSchemas : never =
  accountEventSchemas;

/** Ways from older versions, from version 1 on, of the types that have any. */
const upcasters: { readonly [T in JsonEvent['type']]?: readonly Upcaster[] } = {
  // Version 1 did not record what the package brought.
  RechargeRequested: [jsonUpcaster('RechargeRequested', (old) => ({ ...(old as object), terms: null }))],
};

const jsonDefinitions = Object.fromEntries(
  Object.entries<z.ZodType<JsonEvent>>(matchingSchemas).map(([key, schema]) => {
    const type = key as JsonEvent['type'];
    return [type, jsonDefinition(type, schema, upcasters[type])];
  }),
) as EventDefinitions<JsonEvent>;

/** The registry of account streams. */
export const accountEvents = new EventCodec<AccountEvent>('account-<organisation>', {
  ...jsonDefinitions,
  UsageCharged: {
    version: USAGE_VERSION,
    schema: usageChargedSchema,
    encoding: 'binary',
    write: writeUsageCharged,
    read: readUsageCharged,
    upcasters: new Map([[1, usageOfVersion1]]),
  },
});

/** An account's event as the store takes it, continuing the account's hash chain (I5). */
export function encodeAccountEvent(event: AccountEvent, previousHash: Uint8Array): EncodedEvent {
  return accountEvents.encode(event, previousHash);
}

/**
 * The reverse. `evidence` of a `UsageCharged` is decoded when first read. The chain is not verified here.
 * @throws {CorruptEvent | NewerEventVersion}
 */
export function decodeAccountEvent(stored: StoredBody): DecodedEvent<AccountEvent> {
  return accountEvents.decode(stored);
}

/**
 * Calls `visit` for each usage event of a stored `UsageCharged`, and does nothing for other types.
 * @throws {CorruptEvent | NewerEventVersion}
 */
export function visitStoredUsage(stored: StoredBody, visit: (event: ChargedEvent) => void): void {
  if (stored.type === 'UsageCharged') visitUsage(accountEvents.open(stored).body, visit);
}
