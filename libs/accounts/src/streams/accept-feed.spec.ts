import { describe, expect, it } from '@jest/globals';
import { MemoryEventStore, MemorySnapshotStore } from '@app/event-store';
import { feedEvents } from '../codec/feed-events.js';
import { Fenced } from '../errors.js';
import { acceptGap, acceptTopic, NotAccepted } from './accept-feed.js';
import { feedStream, type FeedPartition } from './feed-state.js';
import { FeedStreams } from './feed-streams.js';

const NOW = Date.parse('2026-03-10T12:00:00Z');
const TOPIC = 'usage.v1';
const BY_AN_OPERATOR = { actor: 'ops@example.com', reason: 'the topic was made anew', atMs: NOW + 1 };

function world() {
  const store = new MemoryEventStore();
  const streamsOf = (process: string): FeedStreams =>
    new FeedStreams({ store, snapshots: new MemorySnapshotStore(), process, onWarning: () => undefined });
  const own = (partition: number, process = 'aggregator') =>
    streamsOf(process).assign({ topic: TOPIC, generation: 0, partition }, NOW);
  const eventsOf = async (partition: FeedPartition) =>
    (await store.readStream(feedStream(partition), { maxCount: 100 })).map((stored) => feedEvents.decode(stored).event);
  return { operator: streamsOf('operator'), own, eventsOf };
}
const position = (nextOffset: bigint) => ({ nextOffset, last: null, markMs: NOW, atMs: NOW, records: [] });
const parked = (organisation: string) =>
  ({ type: 'AccountParked', organisation, reason: 'broken', detail: '', atMs: NOW, fromOffset: 2n }) as const;

describe('acceptTopic', () => {
  it('begins a generation without positions, and records who accepted it, why and when', async () => {
    const { operator, own, eventsOf } = world();
    await (await own(0)).recordPosition(position(7n));
    await own(1);
    expect(await acceptTopic(operator, TOPIC, BY_AN_OPERATOR)).toEqual({
      generation: 1,
      ended: [{ partition: 0, nextOffset: 7n }],
      parked: [],
    });
    expect(await operator.generationOf(TOPIC)).toBe(1);
    expect((await operator.read({ topic: TOPIC, generation: 1, partition: 0 })).position).toBeNull();
    expect(await eventsOf({ topic: TOPIC, generation: 1, partition: 0 })).toContainEqual({
      type: 'FeedGenerationStarted',
      ...BY_AN_OPERATOR,
    });
  });

  it('I7: fences the owners of the generation before', async () => {
    const { operator, own } = world();
    const owner = await own(4);
    await acceptTopic(operator, TOPIC, BY_AN_OPERATOR);
    await expect(owner.recordPosition(position(3n))).rejects.toThrow(Fenced);
  });

  it('leaves parked accounts parked, each in its partition', async () => {
    const { operator, own } = world();
    await (await own(0)).append([parked('acme')]);
    await (await own(2)).append([parked('acme'), parked('bolt')]);
    expect((await acceptTopic(operator, TOPIC, BY_AN_OPERATOR)).parked).toEqual(['acme', 'bolt']);
    const parkedIn = async (partition: number) =>
      [...(await operator.read({ topic: TOPIC, generation: 1, partition })).parked.keys()].toSorted();
    expect([await parkedIn(0), await parkedIn(1), await parkedIn(2)]).toEqual([['acme'], [], ['acme', 'bolt']]);
  });

  it('refuses a topic of which nothing was ever decided, and begins nothing', async () => {
    const { operator } = world();
    await expect(acceptTopic(operator, 'usage.v2', BY_AN_OPERATOR)).rejects.toThrow(NotAccepted);
    expect(await operator.generationOf('usage.v2')).toBe(0);
  });
});

describe('acceptGap', () => {
  const gap = { topic: TOPIC, partition: 3, from: 10n, to: 50n };

  it('moves the position past what is gone, and records who accepted it, why and when', async () => {
    const { operator, own, eventsOf } = world();
    await (await own(3)).recordPosition(position(10n));
    await acceptGap(operator, gap, BY_AN_OPERATOR);
    const partition = { topic: TOPIC, generation: 0, partition: 3 };
    expect((await operator.read(partition)).position).toEqual({ nextOffset: 50n, last: null, markMs: NOW });
    expect(await eventsOf(partition)).toContainEqual({
      type: 'FeedGapAccepted',
      fromOffset: 10n,
      toOffset: 50n,
      ...BY_AN_OPERATOR,
    });
  });

  it('I7: fences the owner', async () => {
    const { operator, own } = world();
    const owner = await own(3);
    await owner.recordPosition(position(10n));
    await acceptGap(operator, gap, BY_AN_OPERATOR);
    await expect(owner.recordPosition(position(11n))).rejects.toThrow(Fenced);
  });

  it.each([
    ['another position', 12n, gap, 'is 12, not 10'],
    ['an end before the beginning', 10n, { ...gap, to: 10n }, 'after its beginning'],
    ['a partition that was never decided', 10n, { ...gap, partition: 9 }, 'no stored position'],
  ])('refuses %s, and changes nothing', async (_what, nextOffset, given, message) => {
    const { operator, own } = world();
    const owner = await own(3);
    await owner.recordPosition(position(nextOffset));
    await expect(acceptGap(operator, given, BY_AN_OPERATOR)).rejects.toThrow(message);
    await owner.recordPosition(position(nextOffset + 1n));
    expect(owner.state.position?.nextOffset).toBe(nextOffset + 1n);
  });
});
