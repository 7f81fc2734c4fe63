import type { QuarantinedRecord, UsageRecord } from '@app/metering';
import { quarantinedRecord } from '@app/metering';
import { lastRecordOf, type FeedBatch, type LastRecord } from '@app/usage-feed';
import { parseRecord, type ParseContext } from './parse-record.js';

/** A quarantined record and whose it is; null where that cannot be read. */
export interface UnhostedQuarantine extends QuarantinedRecord {
  readonly organisation: string | null;
}

/** The records of one account in one batch, in offset order. */
export interface AccountRecords {
  readonly organisation: string;
  readonly records: UsageRecord[];
}

/** A batch parsed, validated, hashed and grouped: everything that needs no account. */
export interface PreparedBatch {
  readonly accounts: readonly AccountRecords[];
  /** Records that name no organisation: for the partition's stream. */
  readonly unreadable: readonly UnhostedQuarantine[];
  readonly nextOffset: bigint;
  /** Made when a position is written: it hashes the whole record. */
  readonly last: () => LastRecord;
  readonly lastTimestampMs: number;
  /** Offset after the partition's last record when the batch was fetched. */
  readonly endOffset: bigint;
  readonly count: number;
}

export interface FeedIdentity {
  readonly topic: string;
  readonly generation: number;
  readonly partition: number;
}

/** Parses a batch and groups it by organisation, in offset order within each. */
export function prepareBatch(batch: FeedBatch, feed: FeedIdentity, context: ParseContext): PreparedBatch {
  const byOrganisation = new Map<string, AccountRecords>();
  const unreadable: UnhostedQuarantine[] = [];
  for (const fetched of batch.records) {
    const { organisation, record } = parseRecord(fetched, context);
    if (organisation === null) {
      unreadable.push({ ...refusedRecord(record, feed), organisation: null });
      continue;
    }
    const group = byOrganisation.get(organisation);
    if (group === undefined) byOrganisation.set(organisation, { organisation, records: [record] });
    else group.records.push(record);
  }
  const last = batch.records.at(-1);
  if (last === undefined) throw new RangeError('a batch has at least one record');
  return {
    accounts: [...byOrganisation.values()],
    unreadable,
    nextOffset: last.offset + 1n,
    last: () => lastRecordOf(last),
    lastTimestampMs: last.timestampMs,
    endOffset: batch.endOffset,
    count: batch.records.length,
  };
}

function refusedRecord(record: UsageRecord, feed: FeedIdentity): QuarantinedRecord {
  if (record.content.kind !== 'refused') throw new TypeError('only refused records name no organisation');
  const { reason, detail } = record.content;
  return quarantinedRecord(record, { reason, detail }, feed);
}
