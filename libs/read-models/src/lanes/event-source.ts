import { decodeAccountEvent } from '@app/accounts';
import type { AllPage, EventStore, ReadAllOptions, StoredEvent } from '@app/event-store';
import type { AccountEvent } from '@app/metering';

/** An event as lanes fold it. */
export class ReadEvent {
  #decoded: AccountEvent | undefined;

  constructor(readonly stored: StoredEvent) {}

  /** Of an account's stream, decoded once for all lanes: nobody may change it. @throws {CorruptEvent | NewerEventVersion} */
  get accountEvent(): AccountEvent {
    return (this.#decoded ??= decodeAccountEvent(this.stored).event);
  }
}

export interface ReadPage extends Omit<AllPage, 'events'> {
  readonly events: readonly ReadEvent[];
}

/** Where a lane reads `$all` from; a page may hold events of other streams, too. */
export interface EventSource {
  read(options: ReadAllOptions): Promise<ReadPage>;
  /** What is remembered may be of another history. */
  forget(): void;
}

/** One lane's own reading of a store. */
export class StoreSource implements EventSource {
  constructor(private readonly store: Pick<EventStore, 'readAll'>) {}

  async read(options: ReadAllOptions): Promise<ReadPage> {
    const page = await this.store.readAll(options);
    return { ...page, events: page.events.map((stored) => new ReadEvent(stored)) };
  }

  forget(): void {
    // Nothing is remembered.
  }
}
