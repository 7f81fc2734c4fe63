import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { FetchedBatch } from './fetched-batch.js';
import { KafkaPartition } from './kafka-partition.js';

const AT = { topic: 'usage', partition: 0 };
const LIMITS = { recordsMax: 1_000, bytesMax: 1_000_000 };
const RECORD_BYTES = 100;

/** Records as the client fetched them, from that offset on, of a log that ends at `end`. */
function fetched(from: number, count: number, end: number): FetchedBatch {
  const lastOffset = from + count - 1;
  return {
    ...AT,
    fetchedOffset: String(from),
    highWatermark: String(end),
    messages: Array.from({ length: count }, (_, index) => ({
      attributes: 0,
      key: null,
      value: Buffer.alloc(RECORD_BYTES),
      offset: String(from + index),
      timestamp: '1700000000000',
      headers: {},
    })),
    isEmpty: () => count === 0,
    firstOffset: () => String(from),
    lastOffset: () => String(lastOffset),
    offsetLag: () => String(end - 1 - lastOffset),
    offsetLagLow: () => String(end - 1 - from),
  };
}

/** A partition that may hold ten records and is read from 0. */
function partition() {
  const log = new KafkaPartition(
    AT,
    {
      seek: () => undefined,
      pause: () => undefined,
      resume: () => undefined,
      bounds: () => Promise.resolve({ startOffset: 0n, endOffset: 0n }),
      prefetchBytesMax: () => 10 * RECORD_BYTES,
    },
    undefined,
  );
  const offsets = async (from: bigint): Promise<readonly number[]> =>
    ((await log.read(AT, from, LIMITS))?.records ?? []).map(({ offset }) => Number(offset));
  return { log, offsets };
}

describe('KafkaPartition', () => {
  it('gathers records of a backlog up to half of what it may hold', async () => {
    const { log, offsets } = partition();
    const reading = offsets(0n);
    expect(log.accept(fetched(0, 2, 5_000))).toBe(true);
    await turn();
    expect(log.accept(fetched(2, 3, 5_000))).toBe(true);
    expect(await reading).toEqual([0, 1, 2, 3, 4]);
  });

  it('gives what there is of a backlog when no more comes', async () => {
    const { log, offsets } = partition();
    const reading = offsets(0n);
    log.accept(fetched(0, 2, 5_000));
    expect(await reading).toEqual([0, 1]);
  });

  it('does not wait for the last records of a log', async () => {
    const { log, offsets } = partition();
    const reading = offsets(0n);
    log.accept(fetched(0, 2, 500));
    expect(await reading).toEqual([0, 1]);
    log.accept(fetched(2, 2, 500));
    expect(await offsets(2n)).toEqual([2, 3]);
  });

  it('holds what was read until the next read', async () => {
    const { log, offsets } = partition();
    const reading = offsets(0n);
    log.accept(fetched(0, 6, 6));
    expect(await reading).toHaveLength(6);
    expect(log.heldBytes).toBe(6 * RECORD_BYTES);
    const next = offsets(6n);
    expect(log.heldBytes).toBe(0);
    log.accept(fetched(6, 1, 7));
    expect(await next).toEqual([6]);
  });
});
