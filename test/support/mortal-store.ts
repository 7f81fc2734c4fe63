import { EventStoreUnavailable } from '@app/event-store';
import type {
  AllPage,
  AppendOutcome,
  EventStore,
  GlobalPosition,
  ReadAllOptions,
  ReadStreamOptions,
  StoredEvent,
  StreamAppend,
} from '@app/event-store';

/** What happens to one call of `append`. */
export type AppendFate = 'done' | 'lost-before' | 'lost-after';

/**
 * A store as one process sees it: the process may be cut off for good, and any append's answer may get lost, before or
 * after it was done.
 */
export class MortalStore implements EventStore {
  isDead = false;
  appends = 0;
  fateOf: (append: readonly StreamAppend[], nth: number) => AppendFate = () => 'done';

  constructor(private readonly store: EventStore) {}

  async append(appends: readonly StreamAppend[]): Promise<readonly AppendOutcome[]> {
    this.#assertAlive();
    this.appends += 1;
    const fate = this.fateOf(appends, this.appends);
    if (fate === 'lost-before') throw new EventStoreUnavailable('cut off');
    const outcomes = await this.store.append(appends);
    if (fate === 'lost-after') throw new EventStoreUnavailable('cut off');
    return outcomes;
  }

  async readStream(stream: string, options: ReadStreamOptions): Promise<readonly StoredEvent[]> {
    this.#assertAlive();
    return this.store.readStream(stream, options);
  }

  async streamRevision(stream: string): Promise<bigint> {
    this.#assertAlive();
    return this.store.streamRevision(stream);
  }

  async readAll(options: ReadAllOptions): Promise<AllPage> {
    this.#assertAlive();
    return this.store.readAll(options);
  }

  async head(): Promise<GlobalPosition> {
    this.#assertAlive();
    return this.store.head();
  }

  waitForAppend(after: GlobalPosition, timeoutMs: number): Promise<void> {
    return this.store.waitForAppend(after, timeoutMs);
  }

  async now(): Promise<Date> {
    this.#assertAlive();
    return this.store.now();
  }

  async close(): Promise<void> {
    this.isDead = true;
  }

  #assertAlive(): void {
    if (this.isDead) throw new EventStoreUnavailable('the process is gone');
  }
}
