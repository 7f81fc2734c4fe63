import type { AccountEvent, QuarantinedRecord, UsageCharged, UsageRecord } from '@app/metering';
import { RAW_BYTES_KEPT } from '../records/raw-record.js';

/** Fixed parts, by rule of thumb and generously: the store's own limit is checked again when events are encoded. */
const EVENT_BYTES = 1_000;
const ENTRY_BYTES = 600;
const MOVEMENT_BYTES = 250;
const QUARANTINE_BYTES = 1_200;
const LINE_BYTES = 60;
const METER_LINE_BYTES = 24;
const GROUP_BYTES = 60;
const DRAW_BYTES = 60;
const PAIR_BYTES = 80;

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

/** Bytes of decided events as they are stored, rather too many than too few. */
export function storedEventsBytes(events: readonly AccountEvent[]): number {
  let bytes = 0;
  for (const event of events) {
    bytes += EVENT_BYTES;
    if (event.type === 'UsageCharged') {
      bytes += chargedEventBytes(event);
      continue;
    }
    for (const { movements } of event.entries) bytes += ENTRY_BYTES + MOVEMENT_BYTES * movements.length;
    if (event.type === 'UsageQuarantined') for (const record of event.records) bytes += storedQuarantineBytes(record);
  }
  return bytes;
}

function chargedEventBytes({ evidence, groups, draws, dimensions }: UsageCharged): number {
  let bytes = GROUP_BYTES * groups.length + DRAW_BYTES * draws.length;
  for (const { id, lines } of evidence) bytes += LINE_BYTES + id.length + METER_LINE_BYTES * lines.length;
  for (const pairs of dimensions) bytes += PAIR_BYTES * pairs.length;
  return bytes;
}
