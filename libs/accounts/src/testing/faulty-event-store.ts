import {
  EventStoreUnavailable,
  type AllPage,
  type AppendOutcome,
  type EventStore,
  type GlobalPosition,
  type ReadAllOptions,
  type ReadStreamOptions,
  type StoredEvent,
  type StreamAppend,
} from '@app/event-store';

/** What becomes of an append: it works, it fails before or after its commit, or another writer comes first. */
export type AppendFault = 'none' | 'before-commit' | 'after-commit';

/** An event store in front of another one, which fails as it is told and counts what it is asked. */
export class FaultyEventStore implements EventStore {
  appendCount = 0;
  readEventCount = 0;
  /** Faults of the next appends, in order; none when empty. */
  readonly faults: AppendFault[] = [];
  /** Runs before the next append, once: another writer that comes first. */
  intruder: (() => Promise<void>) | undefined;

  constructor(private readonly inner: EventStore) {}

  async append(appends: readonly StreamAppend[]): Promise<readonly AppendOutcome[]> {
    const intruder = this.intruder;
    this.intruder = undefined;
    await intruder?.();
    const fault = this.faults.shift() ?? 'none';
    if (fault === 'before-commit') throw new EventStoreUnavailable('connection lost');
    this.appendCount += 1;
    const outcomes = await this.inner.append(appends);
    if (fault === 'after-commit') throw new EventStoreUnavailable('connection lost after the commit');
    return outcomes;
  }

  async readStream(stream: string, options: ReadStreamOptions): Promise<readonly StoredEvent[]> {
    const events = await this.inner.readStream(stream, options);
    this.readEventCount += events.length;
    return events;
  }

  streamRevision(stream: string): Promise<bigint> {
    return this.inner.streamRevision(stream);
  }

  readAll(options: ReadAllOptions): Promise<AllPage> {
    return this.inner.readAll(options);
  }

  head(): Promise<GlobalPosition> {
    return this.inner.head();
  }

  waitForAppend(after: GlobalPosition, timeoutMs: number): Promise<void> {
    return this.inner.waitForAppend(after, timeoutMs);
  }

  now(): Promise<Date> {
    return this.inner.now();
  }

  close(): Promise<void> {
    return this.inner.close();
  }
}
