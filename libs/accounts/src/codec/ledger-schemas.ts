import * as z from 'zod';
import { instant, list, nanos, textRecord } from './json-scalars.js';

/** Fields of grants, movements and ledger entries, as the JSON bodies carry them. */
export const grantTerms = z
  .strictObject({
    id: z.string(),
    pool: z.string(),
    source: z.enum(['plan', 'purchase', 'bonus', 'promotion', 'refund', 'adjustment', 'rollover']),
    amountNanos: nanos,
    priority: z.int(),
    effectiveAtMs: instant,
    expiresAtMs: instant.nullable(),
    isPaid: z.boolean(),
    isPlan: z.boolean(),
    rollover: z.strictObject({ minNanos: nanos.nullable(), maxNanos: nanos.nullable() }).nullable(),
    recurrence: z.strictObject({ every: z.string(), nextAtMs: instant, anchorMs: instant }).nullable(),
    cyclesLeft: z.int().nullable(),
    purchase: z.string().nullable(),
    refundOf: z.string().exactOptional(),
  })
  .meta({ id: 'GrantTerms', description: 'Credits given to a pool.' });

export const debtKey = z
  .strictObject({ cycleStartMs: instant, rate: z.string().nullable() })
  .meta({ id: 'DebtKey', description: 'Overdraft of one cycle and rate.' });

export const debtPayment = z
  .strictObject({ pool: z.string(), grant: z.string(), debt: debtKey, amountNanos: nanos })
  .meta({ id: 'DebtPayment', description: 'A grant pays overdraft with what went back to it.' });

/** What few charges have, within the binary body of usage: grants that going back made, and overdraft it paid. */
export const chargeExtras = z.strictObject({ refundGrants: list(grantTerms), payments: list(debtPayment) });

const grantMovement = <K extends string>(kind: K) =>
  z.strictObject({ kind: z.literal(kind), grant: z.string(), amountNanos: nanos });
const debtMovement = <K extends string>(kind: K) =>
  z.strictObject({ kind: z.literal(kind), debt: debtKey, amountNanos: nanos });

export const movement = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('grant'), grant: grantTerms }),
    z.strictObject({ kind: z.literal('schedule'), grant: grantTerms }),
    grantMovement('start'),
    grantMovement('draw'),
    debtMovement('overdraw'),
    z.strictObject({ kind: z.literal('pay'), grant: z.string(), debt: debtKey, amountNanos: nanos }),
    z.strictObject({
      kind: z.literal('expire'),
      grant: z.string(),
      amountNanos: nanos,
      reversibleNanos: nanos,
    }),
    grantMovement('restore'),
    grantMovement('refill'),
    z.strictObject({
      kind: z.literal('return'),
      grant: z.string(),
      amountNanos: nanos,
      debt: debtKey.exactOptional(),
    }),
    debtMovement('unowe'),
    debtMovement('forgive'),
    grantMovement('take'),
  ])
  .meta({ id: 'Movement', description: 'One change of a pool.' });

export const ledgerEntry = z
  .strictObject({
    type: z.enum(['purchase', 'grant', 'deduction', 'refund', 'adjustment', 'expiry', 'rollover', 'reset', 'void']),
    pool: z.string(),
    amountNanos: nanos,
    cycleStartMs: instant,
    figure: z.enum(['granted', 'refunded', 'adjusted', 'used', 'expired']),
    cause: z.string(),
    movements: list(movement),
  })
  .meta({ id: 'LedgerEntry', description: 'One movement of credits as the ledger shows it.' });

export const commandRecord = z
  .strictObject({
    route: z.string(),
    key: z.string().nullable(),
    requestHash: z.string(),
    actor: z.string().nullable(),
    reason: z.string().nullable(),
    answer: textRecord,
    receivedAtMs: instant,
  })
  .meta({ id: 'CommandRecord', description: 'Who asked, with what key; on the first event of a command.' });

export const cycleBounds = z
  .strictObject({ startMs: instant, endMs: instant })
  .meta({ id: 'CycleBounds', description: 'A cycle; its end is exclusive.' });

/** What every event of an account carries beside its own fields, except usage. */
export const eventBase = {
  atMs: instant,
  entries: list(ledgerEntry),
  command: commandRecord.exactOptional(),
};

/** A strict schema of one event type, with the sentence that the documentation shows. */
export function eventSchema<T extends string, S extends z.ZodRawShape>(type: T, description: string, fields: S) {
  return z.strictObject({ type: z.literal(type), ...fields }).meta({ description });
}
