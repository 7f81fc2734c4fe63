import type { EventStore, StoredEvent } from '@app/event-store';
import { MortalStore } from './mortal-store.js';

const DAMAGED_BYTE = 40;

/** A store in which one stream reads as damaged. */
export class DamagingStore extends MortalStore {
  damaged: string | undefined;

  constructor(private readonly inner: EventStore) {
    super(inner);
  }

  override async readStream(
    ...[stream, options]: Parameters<EventStore['readStream']>
  ): Promise<readonly StoredEvent[]> {
    const events = await this.inner.readStream(stream, options);
    if (stream !== this.damaged) return events;
    return events.map((event) => ({
      ...event,
      data: event.data.map((byte, at) => byte ^ Number(at === DAMAGED_BYTE)),
    }));
  }
}
