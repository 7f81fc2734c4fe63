import * as z from 'zod';
import { feedRange, quarantinedRecord } from './feed-schemas.js';
import { instant, list, nanos } from './json-scalars.js';
import { cycleBounds, eventBase, eventSchema } from './ledger-schemas.js';

const negativeLimits = list(z.strictObject({ pool: z.string(), limitNanos: nanos }));

/** Events by which an account and its cycles begin, change and end. */
export const lifecycleSchemas = {
  AccountOpened: eventSchema('AccountOpened', 'An account begins.', {
    ...eventBase,
    organisation: z.string(),
    plan: z.string(),
    anchorDay: z.int(),
    openedAtMs: instant,
    clock: z.enum(['history', 'live', 'manual']),
    cycle: cycleBounds,
    catalogVersion: z.int(),
    negativeLimits,
  }),
  LiveClockStarted: eventSchema(
    'LiveClockStarted',
    'The first live record or command of an account that only history has touched.',
    eventBase,
  ),
  UsageQuarantined: eventSchema('UsageQuarantined', 'Records of the account that were not charged, and why.', {
    ...eventBase,
    feed: feedRange,
    records: list(quarantinedRecord),
  }),
  CycleEnded: eventSchema('CycleEnded', 'A cycle ends and the next begins, with what the plan says about both.', {
    ...eventBase,
    ended: cycleBounds,
    next: cycleBounds,
    plan: z.string(),
    catalogVersion: z.int(),
    negative: list(z.strictObject({ pool: z.string(), choice: z.enum(['carried', 'forgiven']), amountNanos: nanos })),
    refills: list(z.strictObject({ grant: z.string(), nextAtMs: instant })),
    negativeLimits,
    isReset: z.boolean(),
    anchorDay: z.int(),
  }),
  CycleClosed: eventSchema('CycleClosed', 'A cycle takes no more late usage; its figures never change again.', {
    ...eventBase,
    cycle: cycleBounds,
    markMs: instant,
    pools: list(z.strictObject({ pool: z.string(), closingNanos: nanos })),
  }),
  PlanChanged: eventSchema('PlanChanged', 'The plan changes now or at the cycle’s end.', {
    ...eventBase,
    plan: z.string(),
    effective: z.enum(['now', 'cycle-end']),
    catalogVersion: z.int(),
    negativeLimits,
  }),
  AccountPaused: eventSchema('AccountPaused', 'The account is paused.', eventBase),
  AccountResumed: eventSchema('AccountResumed', 'The account goes on.', eventBase),
  AccountRecordPut: eventSchema('AccountRecordPut', 'A setting that no rule of the fold reads.', {
    ...eventBase,
    record: z.string(),
    key: z.string(),
    value: z.string(),
  }),
  ClockMoved: eventSchema('ClockMoved', 'A sandbox’s owner moved its clock.', eventBase),
};
