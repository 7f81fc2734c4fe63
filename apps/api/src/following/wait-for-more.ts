import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore, GlobalPosition } from '@app/event-store';
import { LIMITS } from '../limits.js';

/** At the end of the streams: until something was appended, the next look is due, or `stopping`. */
export async function waitForMore(store: EventStore, after: GlobalPosition, stopping: AbortSignal): Promise<void> {
  const ending = new AbortController();
  const signal = AbortSignal.any([ending.signal, stopping]);
  const pause = (ms: number): Promise<void> => sleep(ms, undefined, { signal }).catch(() => undefined);
  await pause(LIMITS.followedPauseMs);
  if (!stopping.aborted)
    await Promise.race([store.waitForAppend(after, LIMITS.followedIdleMs), pause(LIMITS.followedIdleMs)]);
  ending.abort();
}
