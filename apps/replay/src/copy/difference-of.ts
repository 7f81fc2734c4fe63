import type { StoredEvent } from '@app/event-store';

/** Where a copy is not its original. */
export interface CopyDifference {
  readonly stream: string;
  readonly revision: string;
  readonly detail: string;
}

/** How an event's copy differs from it; undefined where it does not. Positions and clocks are each store's own. */
export function differenceOf(event: StoredEvent, copy: StoredEvent | undefined): CopyDifference | undefined {
  const detail = detailOf(event, copy);
  return detail === undefined
    ? undefined
    : { stream: event.stream, revision: String(event.revision), detail: `at revision ${event.revision} ${detail}` };
}

function detailOf(event: StoredEvent, copy: StoredEvent | undefined): string | undefined {
  if (copy === undefined) return 'there is no event';
  if (copy.revision !== event.revision) return `lies revision ${copy.revision}`;
  if (copy.id !== event.id) return `the id is ${copy.id} instead of ${event.id}`;
  if (copy.type !== event.type) return `the type is ${copy.type} instead of ${event.type}`;
  return Buffer.compare(event.data, copy.data) === 0 ? undefined : 'the bytes differ';
}
