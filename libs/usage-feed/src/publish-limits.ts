import { LIMITS, RecordsTooLarge, type PublishRecord } from './usage-feed.js';

/** Bytes of key, value and headers, as `LIMITS.recordBytesMax` counts them. */
export function recordBytes({ key, value, headers }: Omit<PublishRecord, 'timestampMs'>): number {
  return (key?.length ?? 0) + (value?.length ?? 0) + headerBytes(headers);
}

function headerBytes(headers: PublishRecord['headers']): number {
  let bytes = 0;
  for (const name in headers) {
    for (const value of headers[name] ?? []) bytes += Buffer.byteLength(name) + value.length;
  }
  return bytes;
}

/** @throws {RecordsTooLarge} before anything is sent, so that a refused call leaves no part of itself in the log */
export function checkPublishLimits(records: readonly PublishRecord[]): void {
  if (records.length > LIMITS.publishRecordsMax) {
    throw new RecordsTooLarge(`${records.length} records in one call; the limit is ${LIMITS.publishRecordsMax}`);
  }
  // Most callers give all their records the same headers.
  let counted: { readonly headers: PublishRecord['headers']; readonly bytes: number } | undefined;
  for (const { key, value, headers } of records) {
    if (counted?.headers !== headers || counted === undefined) counted = { headers, bytes: headerBytes(headers) };
    const bytes = (key?.length ?? 0) + (value?.length ?? 0) + counted.bytes;
    if (bytes > LIMITS.recordBytesMax) {
      throw new RecordsTooLarge(`A record of ${bytes} bytes; the limit is ${LIMITS.recordBytesMax}`);
    }
  }
}
