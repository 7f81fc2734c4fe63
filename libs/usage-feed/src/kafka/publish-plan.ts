import { recordBytes } from '../publish-limits.js';
import type { PublishRecord } from '../usage-feed.js';

/** One record on its way, and where it goes. */
export interface PlannedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly record: PublishRecord;
}

export interface RequestLimits {
  readonly partitionBytesMax: number;
  readonly bytesMax: number;
  readonly recordsMax: number;
}

/** What the log adds to a record at most: lengths, deltas, attributes. */
const RECORD_OVERHEAD_BYTES = 64;

/**
 * Splits records, in order, into requests: the client makes one record batch per partition and request, and a broker
 * refuses a batch above its limit. A record larger than the limit comes alone in its partition.
 */
export function planRequests<Planned extends PlannedRecord>(
  records: readonly Planned[],
  limits: RequestLimits,
): readonly (readonly Planned[])[] {
  const requests: Planned[][] = [];
  let request: Planned[] = [];
  let bytesTotal = 0;
  let partitionBytes = new Map<string, number>();
  for (const planned of records) {
    const bytes = recordBytes(planned.record) + RECORD_OVERHEAD_BYTES;
    const name = `${planned.topic}/${planned.partition}`;
    const inPartition = partitionBytes.get(name) ?? 0;
    const isFull =
      request.length >= limits.recordsMax ||
      bytesTotal + bytes > limits.bytesMax ||
      (inPartition > 0 && inPartition + bytes > limits.partitionBytesMax);
    if (isFull && request.length > 0) {
      requests.push(request);
      request = [];
      bytesTotal = 0;
      partitionBytes = new Map();
    }
    request.push(planned);
    bytesTotal += bytes;
    partitionBytes.set(name, (partitionBytes.get(name) ?? 0) + bytes);
  }
  if (request.length > 0) requests.push(request);
  return requests;
}
