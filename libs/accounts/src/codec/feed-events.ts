import type { QuarantinedRecord } from '@app/metering';
import * as z from 'zod';
import { EventCodec, jsonDefinition } from './event-codec.js';
import { lastRecord, parkedRecord, parking, unhostedRecord } from './feed-schemas.js';
import { bigInteger, instant, list } from './json-scalars.js';
import { eventSchema } from './ledger-schemas.js';

/** A process took the partition over: fences the one before it. */
export interface FeedAssigned {
  readonly type: 'FeedAssigned';
  /** Different for every start of every process, so that two writers never make equal events. */
  readonly process: string;
  readonly atMs: number;
}

/** An operator accepted that the topic is another one: this generation reads it from its start. */
export interface FeedGenerationStarted {
  readonly type: 'FeedGenerationStarted';
  readonly actor: string;
  readonly reason: string;
  readonly atMs: number;
}

/** An operator accepted that records are gone which were never decided; the position that follows moves past them. */
export interface FeedGapAccepted {
  readonly type: 'FeedGapAccepted';
  readonly fromOffset: bigint;
  /** After the last record that is gone. */
  readonly toOffset: bigint;
  readonly actor: string;
  readonly reason: string;
  readonly atMs: number;
}

/** A record that no account can hold; the organisation is null where none can be read. */
export interface UnhostedRecord extends QuarantinedRecord {
  readonly organisation: string | null;
}

/** How far the partition is decided, with the records that no account can hold. */
export interface FeedPositionRecorded {
  readonly type: 'FeedPositionRecorded';
  readonly nextOffset: bigint;
  /** The last record decided; null before the first. */
  readonly last: { readonly offset: bigint; readonly timestampMs: number; readonly hash: string } | null;
  /** The feed mark: how far in time the partition's feed is decided. */
  readonly markMs: number;
  readonly atMs: number;
  readonly records: readonly UnhostedRecord[];
}

/** An account cannot be decided: its records from this offset on are kept here. */
export interface AccountParked {
  readonly type: 'AccountParked';
  readonly organisation: string;
  readonly reason: string;
  readonly detail: string;
  readonly atMs: number;
  readonly fromOffset: bigint;
}

export interface AccountUnparked {
  readonly type: 'AccountUnparked';
  readonly organisation: string;
  readonly atMs: number;
}

/** One account that one partition parked; the offset tells it from earlier and later ones. */
export interface Parking {
  readonly topic: string;
  readonly generation: number;
  readonly partition: number;
  readonly fromOffset: bigint;
}

/** An operator lets a parked account be decided again: these parkings of it end, by their partitions' owners. */
export interface UnparkRequested {
  readonly type: 'UnparkRequested';
  readonly organisation: string;
  readonly parkings: readonly Parking[];
  readonly actor: string | null;
  readonly atMs: number;
}

/** Everything that the partition kept of an unparked account is published again. */
export interface ParkedRecordsPublished {
  readonly type: 'ParkedRecordsPublished';
  readonly organisation: string;
  readonly atMs: number;
}

/** A record of a parked account, with what deciding it later needs; its reason is `Parked`. */
export interface ParkedRecord extends QuarantinedRecord {
  readonly organisation: string;
  /** Original topic: decides by which rules the record is decided later. */
  readonly topic: string;
  readonly isAdjusting: boolean;
}

export interface RecordsParked {
  readonly type: 'RecordsParked';
  readonly atMs: number;
  readonly records: readonly ParkedRecord[];
}

/** A quarantined record of this partition was published again. */
export interface QuarantineRequeued {
  readonly type: 'QuarantineRequeued';
  /** Of the quarantined record. */
  readonly id: string;
  readonly actor: string | null;
  readonly atMs: number;
}

export type FeedEvent =
  | FeedAssigned
  | FeedGenerationStarted
  | FeedGapAccepted
  | FeedPositionRecorded
  | AccountParked
  | UnparkRequested
  | AccountUnparked
  | RecordsParked
  | ParkedRecordsPublished
  | QuarantineRequeued;

const assigned = eventSchema('FeedAssigned', 'A process took the partition over.', {
  process: z.string(),
  atMs: instant,
});
const generationStarted = eventSchema('FeedGenerationStarted', 'An operator accepted that the topic is another one.', {
  actor: z.string(),
  reason: z.string(),
  atMs: instant,
});
const gapAccepted = eventSchema('FeedGapAccepted', 'An operator accepted that undecided records are gone.', {
  fromOffset: bigInteger,
  toOffset: bigInteger,
  actor: z.string(),
  reason: z.string(),
  atMs: instant,
});
const positionRecorded = eventSchema('FeedPositionRecorded', 'How far the partition is decided.', {
  nextOffset: bigInteger,
  last: lastRecord.nullable(),
  markMs: instant,
  atMs: instant,
  records: list(unhostedRecord),
});
const accountParked = eventSchema('AccountParked', 'An account cannot be decided.', {
  organisation: z.string(),
  reason: z.string(),
  detail: z.string(),
  atMs: instant,
  fromOffset: bigInteger,
});
const unparkRequested = eventSchema('UnparkRequested', 'An operator lets a parked account be decided again.', {
  organisation: z.string(),
  parkings: list(parking),
  actor: z.string().nullable(),
  atMs: instant,
});
const accountUnparked = eventSchema('AccountUnparked', 'A parked account is decided again.', {
  organisation: z.string(),
  atMs: instant,
});
const recordsParked = eventSchema('RecordsParked', 'Records of parked accounts.', {
  atMs: instant,
  records: list(parkedRecord),
});
const recordsPublished = eventSchema('ParkedRecordsPublished', 'What was kept of an unparked account is published.', {
  organisation: z.string(),
  atMs: instant,
});
const requeued = eventSchema('QuarantineRequeued', 'A quarantined record was published again.', {
  id: z.string(),
  actor: z.string().nullable(),
  atMs: instant,
});

/** The registry of partition streams. They carry the same hash chain as accounts. */
export const feedEvents = new EventCodec<FeedEvent>('feed-<topic>-<generation>-<partition>', {
  FeedAssigned: jsonDefinition<FeedAssigned>('FeedAssigned', assigned),
  FeedGenerationStarted: jsonDefinition<FeedGenerationStarted>('FeedGenerationStarted', generationStarted),
  FeedGapAccepted: jsonDefinition<FeedGapAccepted>('FeedGapAccepted', gapAccepted),
  FeedPositionRecorded: jsonDefinition<FeedPositionRecorded>('FeedPositionRecorded', positionRecorded),
  AccountParked: jsonDefinition<AccountParked>('AccountParked', accountParked),
  UnparkRequested: jsonDefinition<UnparkRequested>('UnparkRequested', unparkRequested),
  AccountUnparked: jsonDefinition<AccountUnparked>('AccountUnparked', accountUnparked),
  RecordsParked: jsonDefinition<RecordsParked>('RecordsParked', recordsParked),
  ParkedRecordsPublished: jsonDefinition<ParkedRecordsPublished>('ParkedRecordsPublished', recordsPublished),
  QuarantineRequeued: jsonDefinition<QuarantineRequeued>('QuarantineRequeued', requeued),
});
