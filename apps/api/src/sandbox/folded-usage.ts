import { setTimeout as sleep } from 'node:timers/promises';
import type { Accounts } from '@app/accounts';
import { feedKey } from '@app/metering';
import { partitionOf } from '@app/usage-feed';
import type { UsageFeed } from '@app/usage-feed';
import { LIMITS } from '../limits.js';
import type { FeedLag, WrittenLag } from '../operations/feed-lag.js';

export interface FoldedUsageParts {
  readonly feed: UsageFeed;
  readonly accounts: Accounts;
  readonly lag: FeedLag;
}

interface Waiting extends WrittenLag {
  /** Nothing of the organisation lies below this offset undecided. */
  readonly from: bigint;
}

/** Waits until everything that was in the feed for an organisation is decided. */
export class FoldedUsage {
  constructor(private readonly parts: FoldedUsageParts) {}

  /** False when usage is still waiting after `withinMs`. @throws {FeedUnavailable | EventStoreUnavailable} */
  async wait(organisation: string, withinMs: number): Promise<boolean> {
    const giveUpAt = performance.now() + withinMs;
    const targets = partitionsOf(organisation, await this.parts.lag.now());
    const ends = new Map(targets.map((each) => [nameOf(each), each.end]));
    for (;;) {
      if (await this.#isFolded(organisation, ends)) return true;
      if (performance.now() >= giveUpAt) return false;
      await sleep(LIMITS.foldedLookEveryMs);
    }
  }

  async #isFolded(organisation: string, ends: ReadonlyMap<string, bigint>): Promise<boolean> {
    const now = partitionsOf(organisation, await this.parts.lag.now());
    const hints = await this.parts.feed.hints(now.map(({ topic }) => topic));
    const hinted = new Map(hints.map(({ topic, partition, nextOffset }) => [`${topic}/${partition}`, nextOffset]));
    const { state } = await this.parts.accounts.loadFresh(organisation);
    for (const partition of now) {
      const end = ends.get(nameOf(partition)) ?? 0n;
      const decided = state.offsets.get(feedKey(partition));
      // The position is written now and then, a hint after every batch, the account's own offset with every append.
      const covered = [partition.position, hinted.get(nameOf(partition)) ?? 0n, (decided ?? -1n) + 1n];
      const from = covered.reduce((one, other) => (one > other ? one : other));
      if (from < end && (await this.#hasUsage(organisation, { ...partition, from, end }))) return false;
    }
    return true;
  }

  /** Whether one of the records that no position covers may be the organisation's. */
  async #hasUsage(organisation: string, { topic, partition, from, end }: Waiting): Promise<boolean> {
    if (end - from > BigInt(LIMITS.foldedRecordsMax)) return true;
    const key = Buffer.from(organisation, 'utf8');
    // Backwards: where there is something, the newest records are the likeliest.
    for (let offset = end - 1n; offset >= from; offset--) {
      const record = await this.parts.feed.readRecord({ topic, partition }, offset);
      if (record !== undefined && (record.key === null || Buffer.compare(record.key, key) === 0)) return true;
    }
    return false;
  }
}

const nameOf = ({ topic, partition }: WrittenLag): string => `${topic}/${partition}`;

/** The organisation's partition of every topic. */
function partitionsOf(organisation: string, all: readonly WrittenLag[]): WrittenLag[] {
  const counts = new Map<string, number>();
  for (const { topic } of all) counts.set(topic, (counts.get(topic) ?? 0) + 1);
  const key = Buffer.from(organisation, 'utf8');
  return all.filter(({ topic, partition }) => partition === partitionOf(key, counts.get(topic) ?? 1));
}
