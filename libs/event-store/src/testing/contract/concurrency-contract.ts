import { describe, expect, it } from '@jest/globals';
import { appendOf, event, events, named } from './given.js';
import { NO_STREAM } from '../../event-store.js';
import type { EventStore, StoredEvent } from '../../event-store.js';

export type CreateStore = () => Promise<EventStore>;

export interface ContractOptions {
  /** False where positions are places in a log, and the store may hold others' events: by default they count events from 1. */
  readonly isCounting?: boolean;
}

/** Appends after whatever is there, as a writer does after a conflict. */
async function appendEventually(store: EventStore, streams: readonly string[]): Promise<void> {
  let left = streams;
  while (left.length > 0) {
    const appends = await Promise.all(
      left.map(async (stream) => appendOf(stream, await store.streamRevision(stream), [event()])),
    );
    const outcomes = await store.append(appends);
    left = outcomes.filter(({ kind }) => kind === 'conflict').map(({ stream }) => stream);
  }
}

/** Writers and readers at once. It makes stores of its own. */
export function concurrencyContract(createStore: CreateStore, { isCounting = true }: ContractOptions): void {
  describe('concurrent appends', () => {
    it('at one revision: exactly one wins, the others are told', async () => {
      const store = await createStore();
      const stream = named();
      const outcomes = (
        await Promise.all(Array.from({ length: 12 }, () => store.append([appendOf(stream, NO_STREAM, events(2))])))
      ).flat();
      expect(outcomes.filter(({ kind }) => kind === 'appended')).toHaveLength(1);
      expect(await store.readStream(stream, { maxCount: 10 })).toHaveLength(2);
      await store.close();
    });

    it('over many streams, in opposite orders: gapless revisions, positions in order, and a reader that misses nothing', async () => {
      const store = await createStore();
      const streams = Array.from({ length: 6 }, (_, nth) => named(String(nth)));
      let isWriting = true;
      const seen: StoredEvent[] = [];
      const start = await store.head();
      const read = async (): Promise<void> => {
        for (let after = start; ;) {
          const isLast = !isWriting;
          const page = await store.readAll({ after, maxCount: 7 });
          seen.push(...page.events);
          after = page.position;
          if (isLast && page.isEnd) return;
        }
      };
      const write = async (nth: number): Promise<void> => {
        for (let round = 0; round < 8; round += 1) {
          await appendEventually(store, nth % 2 === 0 ? streams : streams.toReversed());
        }
      };
      const reading = read();
      await Promise.all([0, 1, 2, 3].map(write));
      isWriting = false;
      await reading;
      const commits = seen.map(({ position }) => position.commit);
      const ascending = [...new Set(commits)].toSorted((one, other) => (one < other ? -1 : 1));
      expect(commits).toEqual(isCounting ? Array.from({ length: 6 * 8 * 4 }, (_, nth) => BigInt(nth + 1)) : ascending);
      for (const stream of streams) {
        const revisions = seen.filter((found) => found.stream === stream).map(({ revision }) => Number(revision));
        expect(revisions).toEqual(Array.from({ length: 8 * 4 }, (_, nth) => nth));
      }
      await store.close();
    });
  });
}
