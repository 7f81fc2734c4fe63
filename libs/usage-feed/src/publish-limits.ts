import { LIMITS, RecordsTooLarge, type PublishRecord } from './usage-feed.js';

/** Bytes of key, value and headers, as `LIMITS.recordBytesMax` counts them. */
export function recordBytes(record: Omit<PublishRecord, 'timestampMs'>): number {
  let bytes = (record.key?.length ?? 0) + (record.value?.length ?? 0);
  if (record.headers === undefined) return bytes;
  for (const [name, values] of Object.entries(record.headers)) {
    for (const value of values) bytes += Buffer.byteLength(name) + value.length;
  }
  return bytes;
}

/** @throws {RecordsTooLarge} before anything is sent, so that a refused call leaves no part of itself in the log */
export function checkPublishLimits(records: readonly PublishRecord[]): void {
  if (records.length > LIMITS.publishRecordsMax) {
    throw new RecordsTooLarge(`${records.length} records in one call; the limit is ${LIMITS.publishRecordsMax}`);
  }
  for (const record of records) {
    const bytes = recordBytes(record);
    if (bytes > LIMITS.recordBytesMax) {
      throw new RecordsTooLarge(`A record of ${bytes} bytes; the limit is ${LIMITS.recordBytesMax}`);
    }
  }
}
