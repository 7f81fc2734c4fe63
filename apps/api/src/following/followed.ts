import { EventStoreUnavailable, START } from '@app/event-store';
import type { EventStore, GlobalPosition, StoredEvent } from '@app/event-store';

/** The newest event that was seen: where it still lies in its place, the history is the one that was followed. */
export type SeenEvent = Pick<StoredEvent, 'stream' | 'revision' | 'id' | 'position'>;

/** How far somebody has followed the streams. */
export interface Followed {
  /** Everything up to here is done; never beyond `seen`, since a store that was restored may end between the two. */
  readonly done: GlobalPosition;
  readonly seen: SeenEvent;
}

/**
 * Where to go on. Positions are the store's own: in one that was restored to an earlier point, or to which the streams
 * were copied, they lead anywhere, and everything is followed again. @throws {EventStoreUnavailable}
 */
export async function resumeIn(
  store: EventStore,
  followed: Followed | undefined,
): Promise<{ readonly after: GlobalPosition; readonly seen: SeenEvent | undefined }> {
  if (followed === undefined || !(await holds(store, followed.seen))) return { after: START, seen: undefined };
  return { after: followed.done, seen: followed.seen };
}

async function holds(store: EventStore, { stream, revision, id, position }: SeenEvent): Promise<boolean> {
  try {
    const [found] = await store.readStream(stream, { from: revision, maxCount: 1 });
    return found?.revision === revision && found.id === id && isSame(found.position, position);
  } catch (error) {
    if (error instanceof EventStoreUnavailable) throw error;
    // A stream that somebody deleted proves nothing.
    return false;
  }
}

export const isSame = (one: GlobalPosition, other: GlobalPosition): boolean =>
  one.commit === other.commit && one.prepare === other.prepare;
