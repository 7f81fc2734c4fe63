import { NO_STREAM, START } from '../event-store.js';
import type {
  AllPage,
  AppendOutcome,
  EventStore,
  GlobalPosition,
  ReadAllOptions,
  ReadStreamOptions,
  StoredEvent,
  StreamAppend,
} from '../event-store.js';
import { isWanted, withFirstBare, withWantedData } from '../read-options.js';
import { validateAppends, validateMaxCount } from '../validate-appends.js';

const at = (position: bigint): GlobalPosition => ({ commit: position, prepare: position });

/** The port in memory, for tests and simulations: the same answers as the durable adapters, gone with the process. */
export class MemoryEventStore implements EventStore {
  private readonly all: StoredEvent[] = [];
  private readonly streams = new Map<string, StoredEvent[]>();
  private readonly wakeUps = new Set<() => void>();

  constructor(private readonly clock: () => Date = () => new Date()) {}

  async append(appends: readonly StreamAppend[]): Promise<readonly AppendOutcome[]> {
    validateAppends(appends);
    const outcomes = appends.map((append) => this.appendOne(append));
    for (const wakeUp of this.wakeUps) wakeUp();
    return outcomes;
  }

  async readStream(stream: string, options: ReadStreamOptions): Promise<readonly StoredEvent[]> {
    const { from, direction, maxCount, isFirstBare } = options;
    validateMaxCount(maxCount);
    const events = this.streams.get(stream) ?? [];
    if (direction === 'backwards') {
      const end = from === undefined || from >= BigInt(events.length) ? events.length : Number(from) + 1;
      return events.slice(Math.max(0, end - maxCount), Math.max(0, end)).toReversed();
    }
    const start = from === undefined || from < 0n ? 0 : Number(from);
    const found = events.slice(start, start + maxCount);
    return isFirstBare === true ? withFirstBare(found) : found;
  }

  async streamRevision(stream: string): Promise<bigint> {
    return BigInt(this.streams.get(stream)?.length ?? 0) - 1n;
  }

  async readAll(options: ReadAllOptions): Promise<AllPage> {
    const { after, maxCount } = options;
    validateMaxCount(maxCount);
    const start = Number(after.commit);
    const looked = this.all.slice(start, start + maxCount);
    const wanted = looked.filter(({ stream }) => isWanted(stream, options));
    const events = wanted.map((event) => withWantedData(event, options));
    return { events, position: looked.at(-1)?.position ?? after, isEnd: looked.length < maxCount };
  }

  async head(): Promise<GlobalPosition> {
    return this.all.at(-1)?.position ?? START;
  }

  async waitForAppend(after: GlobalPosition, timeoutMs: number): Promise<void> {
    if (BigInt(this.all.length) > after.commit) return;
    await new Promise<void>((resolve) => {
      const wakeUp = (): void => {
        clearTimeout(timer);
        this.wakeUps.delete(wakeUp);
        resolve();
      };
      const timer = setTimeout(wakeUp, timeoutMs);
      this.wakeUps.add(wakeUp);
    });
  }

  async now(): Promise<Date> {
    return this.clock();
  }

  async close(): Promise<void> {
    for (const wakeUp of this.wakeUps) wakeUp();
  }

  private appendOne({ stream, expectedRevision, events }: StreamAppend): AppendOutcome {
    const existing = this.streams.get(stream) ?? [];
    const actualRevision = BigInt(existing.length) - 1n;
    if (expectedRevision !== actualRevision) {
      const first = Number(expectedRevision - NO_STREAM);
      const there = existing.slice(first, first + events.length);
      const last = there.at(-1);
      const isRepeated = last !== undefined && events.every(({ id }, nth) => there[nth]?.id === id.toLowerCase());
      if (!isRepeated) return { kind: 'conflict', stream, actualRevision };
      return { kind: 'appended', stream, revision: last.revision, position: last.position };
    }
    const recordedAt = this.clock();
    for (const { id, type, data } of events) {
      const revision = BigInt(existing.length);
      const position = at(BigInt(this.all.length + 1));
      // A copy: the caller may use its buffer again.
      const event = { stream, revision, position, recordedAt, id: id.toLowerCase(), type, data: data.slice() };
      existing.push(event);
      this.all.push(event);
    }
    this.streams.set(stream, existing);
    const revision = actualRevision + BigInt(events.length);
    return { kind: 'appended', stream, revision, position: at(BigInt(this.all.length)) };
  }
}
