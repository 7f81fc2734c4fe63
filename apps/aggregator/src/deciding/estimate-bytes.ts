import type { QuarantinedRecord, UsageRecord } from '@app/metering';
import { RAW_BYTES_KEPT } from '../records/raw-record.js';

/** Fixed parts, by rule of thumb and generously: the store's own limit is checked again when events are encoded. */
const QUARANTINE_BYTES = 1_200;
const LINE_BYTES = 60;
const METER_LINE_BYTES = 24;

/** What a record takes in an append when it is charged. */
export function chargedBytes({ content, raw }: UsageRecord): number {
  return content.kind === 'event' ? LINE_BYTES + METER_LINE_BYTES + content.event.id.length : quarantinedBytes(raw);
}

/** What a record takes in an append when it is quarantined with its payload in base64. */
export function quarantinedBytes(raw: { readonly sizeBytes: number }): number {
  return Math.min(raw.sizeBytes, RAW_BYTES_KEPT) + 200;
}

/** Bytes of a record of quarantine as it is stored. */
export const storedQuarantineBytes = (record: QuarantinedRecord): number =>
  QUARANTINE_BYTES + (record.payload?.length ?? 0) + (record.key?.length ?? 0) + record.detail.length;
