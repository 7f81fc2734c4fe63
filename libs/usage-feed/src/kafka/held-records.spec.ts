import { describe, expect, it } from '@jest/globals';
import type { FeedRecord } from '../usage-feed.js';
import { HeldRecords } from './held-records.js';

const RECORD_BYTES = 100;
const ALL = { recordsMax: 1_000, bytesMax: 1_000_000 };

const recordOf = (offset: number): FeedRecord => ({
  offset: BigInt(offset),
  timestampMs: 0,
  key: null,
  value: Buffer.alloc(RECORD_BYTES),
  headers: {},
});

/** Records held by a partition that may hold so many bytes; the log of its flow ends with how it runs now. */
function holding(bytesMax: number) {
  const flow: string[] = [];
  const held = new HeldRecords({
    pause: () => flow.push('pause'),
    resume: () => flow.push('resume'),
    bytesMax: () => bytesMax,
  });
  const fetch = (count: number): void => {
    for (let offset = 0; offset < count; offset += 1) held.push(recordOf(offset));
    held.pauseWhenFull();
  };
  return { held, flow, fetch };
}

describe('HeldRecords', () => {
  it('is not fetched before it is asked for, and not beyond its share (I10)', () => {
    const { held, flow, fetch } = holding(1_000);
    expect(flow).toEqual(['pause']);
    held.resume();
    fetch(9);
    expect(flow.at(-1)).toBe('resume');
    fetch(1);
    expect([flow.at(-1), held.bytes]).toEqual(['pause', 1_000]);
  });

  it('counts what its handler has not taken over yet', () => {
    const { held, flow, fetch } = holding(1_000);
    held.resume();
    fetch(10);
    expect(held.take(ALL)).toHaveLength(10);
    expect([held.isEmpty, held.bytes, flow.at(-1)]).toEqual([true, 1_000, 'pause']);
    held.handedOver();
    expect([held.bytes, flow.at(-1)]).toEqual([0, 'resume']);
  });

  it('is fetched again only when half of its share is free', () => {
    const { held, flow, fetch } = holding(1_000);
    held.resume();
    fetch(10);
    held.take({ recordsMax: 4, bytesMax: 1_000 });
    held.handedOver();
    expect([held.bytes, flow.at(-1)]).toEqual([600, 'pause']);
    held.take({ recordsMax: 1, bytesMax: 1_000 });
    held.handedOver();
    expect([held.bytes, flow.at(-1)]).toEqual([500, 'resume']);
  });

  it.each([
    ['nothing is there yet', 0, ALL, false],
    ['less than half of the share is there', 4, ALL, true],
    ['half of the share is there', 5, ALL, false],
    ['a batch can take no more records', 3, { recordsMax: 3, bytesMax: 1_000 }, false],
    ['a batch can take no more bytes', 3, { recordsMax: 1_000, bytesMax: 300 }, false],
  ])('says whether a batch may grow: %s', (_name, count, limits, isGrowing) => {
    const { held, fetch } = holding(1_000);
    held.resume();
    fetch(count);
    expect(held.isGrowing(limits)).toBe(isGrowing);
  });

  it('does not grow while it is not fetched', () => {
    const { held, fetch } = holding(1_000);
    fetch(1);
    expect(held.isGrowing(ALL)).toBe(false);
  });
});
