import * as z from 'zod';
import { bigInteger, instant } from './json-scalars.js';

export const feedRange = z
  .strictObject({
    topic: z.string(),
    generation: z.int(),
    partition: z.int(),
    first: bigInteger,
    last: bigInteger,
  })
  .meta({ id: 'FeedRange', description: 'Records of one partition, first and last offset inclusive.' });

const quarantinedFields = {
  id: z.string(),
  reason: z.string(),
  detail: z.string(),
  offset: bigInteger,
  recordTimestampMs: instant,
  source: z.string().nullable(),
  eventId: z.string().nullable(),
  timeMs: instant.nullable(),
  hashes: z.strictObject({ first: z.string(), second: z.string() }).nullable(),
  payload: z.string().nullable(),
  key: z.string().nullable(),
  sizeBytes: z.int(),
  sha256: z.string(),
};

export const quarantinedRecord = z
  .strictObject(quarantinedFields)
  .meta({ id: 'QuarantinedRecord', description: 'A record that was not charged, and why.' });

export const unhostedRecord = z
  .strictObject({ ...quarantinedFields, organisation: z.string().nullable() })
  .meta({ id: 'UnhostedRecord', description: 'A quarantined record that no account can hold.' });

export const parkedRecord = z
  .strictObject({
    ...quarantinedFields,
    organisation: z.string(),
    topic: z.string(),
    isAdjusting: z.boolean(),
  })
  .meta({ id: 'ParkedRecord', description: 'A record of a parked account, complete enough to be decided later.' });

export const parking = z
  .strictObject({ topic: z.string(), generation: z.int(), partition: z.int(), fromOffset: bigInteger })
  .meta({ id: 'Parking', description: 'An account that a partition parked, from this offset on.' });

export const lastRecord = z
  .strictObject({ offset: bigInteger, timestampMs: instant, hash: z.string() })
  .meta({ id: 'LastRecord', description: 'The last record decided, to notice a recreated topic.' });
