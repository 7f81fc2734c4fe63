import { availableParallelism } from 'node:os';
import type { EventStore, GlobalPosition } from '@app/event-store';
import { LIMITS } from '../limits.js';

/** What there is to audit. */
interface Work {
  readonly store: EventStore;
  readonly until: GlobalPosition;
  readonly hasDensePositions: boolean;
}

/** How many threads audit soonest what there is: a thread has to load and compile the program before it helps. */
export async function chooseThreads(work: Work): Promise<number> {
  return threadsFor(await bytesOf(work), availableParallelism());
}

/** The largest power of two (see `auditInThreads`) of which each thread has enough to do. */
export function threadsFor(bytes: number, cores: number): number {
  let threads = 1;
  while (2 * threads <= Math.min(cores, LIMITS.threadsMax) && bytes >= 2 * threads * LIMITS.bytesOfThreadMin)
    threads *= 2;
  return threads;
}

/** About how many bytes the events have, from a few of them: KurrentDB's positions are bytes of its log. */
async function bytesOf({ store, until, hasDensePositions }: Work): Promise<number> {
  const count = Number(until.commit);
  if (!hasDensePositions || count === 0) return count;
  const { samples, eventsOfSample } = LIMITS;
  const pages = await Promise.all(
    Array.from({ length: samples }, async (_, index) => {
      const position = BigInt(Math.floor((count * index) / samples));
      return store.readAll({ after: { commit: position, prepare: position }, maxCount: eventsOfSample });
    }),
  );
  const events = pages.flatMap((page) => page.events);
  const bytes = events.reduce((sum, { data }) => sum + data.length, 0);
  return (bytes / Math.max(1, events.length)) * count;
}
