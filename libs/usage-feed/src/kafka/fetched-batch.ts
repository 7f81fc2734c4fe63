import type { Batch, ConsumerStartBatchProcessEvent } from 'kafkajs';

/**
 * What the client hands over, with the offset that it had asked for: the client's types leave it out, and it alone tells
 * a silent reset of the position from a gap between records.
 */
export interface FetchedBatch extends Batch {
  readonly fetchedOffset: string;
}

/** @throws {TypeError} when the client is another one than this adapter was written for */
export function fetchedBatch(batch: Batch): FetchedBatch {
  if ('fetchedOffset' in batch && typeof batch.fetchedOffset === 'string') {
    return Object.assign(batch, { fetchedOffset: batch.fetchedOffset });
  }
  throw new TypeError('This Kafka client does not tell which offset it fetched from');
}

/**
 * The offsets, first and last, of a fetched batch in which nothing is left to hand over: transaction markers and aborted
 * records take offsets too. Undefined for every other batch; the client's types leave out that an offset may be null.
 */
export function skippedRange(
  payload: ConsumerStartBatchProcessEvent['payload'],
): readonly [bigint, bigint] | undefined {
  const first: unknown = payload.firstOffset;
  if (payload.batchSize > 0 || typeof first !== 'string') return undefined;
  return [BigInt(first), BigInt(payload.lastOffset)];
}
