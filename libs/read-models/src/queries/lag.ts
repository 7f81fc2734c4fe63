import { START, type EventStore, type GlobalPosition } from '@app/event-store';
import { LANES } from '../generations/generation.js';
import type { Generations } from '../generations/generations.js';
import type { ProjectionLag } from './answers.js';

/** Where positions are no numbers of events, so many are counted at most. */
const COUNTED_MAX = 10_000;

/** How far each projection is, and how many events lie after it. `hasDensePositions`: one position an event. */
export async function readLag(
  generations: Generations,
  store: EventStore,
  hasDensePositions: boolean,
): Promise<readonly ProjectionLag[]> {
  const live = await generations.allLive();
  const head = await store.head();
  return Promise.all(
    LANES.map(async (name) => {
      const checkpoint = live.find(({ lane }) => lane === name)?.checkpoint;
      const position = checkpoint?.position ?? START;
      // An event beyond the head, which is read after it, is one that the store has lost: all rows are built anew.
      const isOfLostHistory = (checkpoint?.anchor?.commit ?? 0n) > head.commit;
      const from = isOfLostHistory ? START : position;
      const ahead = head.commit - from.commit;
      const behind = hasDensePositions || ahead <= 0n ? Math.max(0, Number(ahead)) : await count(store, from);
      return { name, position: position.commit.toString(), behind };
    }),
  );
}

async function count(store: EventStore, after: GlobalPosition): Promise<number> {
  const { events } = await store.readAll({ after, maxCount: COUNTED_MAX });
  return events.length;
}
