import { NO_STREAM } from '../event-store.js';
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
import { validateAppends, validateMaxCount } from '../validate-appends.js';
import { AllReader } from './all-reader.js';
import { AppendWatcher } from './append-watcher.js';
import { KURRENT_LIMITS } from './limits.js';
import { readServerClock } from './server-clock.js';
import { acquireClient, releaseClient } from './shared-client.js';
import type { SharedClient } from './shared-client.js';
import { StreamAppender } from './stream-appender.js';
import { StreamReader } from './stream-reader.js';

export interface KurrentEventStoreOptions {
  /** `esdb://user:password@host:2113`, or `esdb://host:2113?tls=false`; user, TLS files and nodes come from it. */
  readonly url: string;
  /** Until an append has an unknown outcome, or a read that brings nothing has failed. */
  readonly callTimeoutMs?: number;
}

/** The port on KurrentDB and EventStoreDB (gRPC). Deleted and cut streams raise `StreamDeleted`. */
export class KurrentEventStore implements EventStore {
  private readonly shared: SharedClient;
  private readonly streams: StreamReader;
  private readonly all: AllReader;
  private readonly appender: StreamAppender;
  private readonly watcher: AppendWatcher;
  private readonly callTimeoutMs: number;
  private isClosed = false;

  private constructor(private readonly options: KurrentEventStoreOptions) {
    this.shared = acquireClient(options.url);
    this.callTimeoutMs = options.callTimeoutMs ?? KURRENT_LIMITS.callTimeoutMs;
    this.streams = new StreamReader(this.shared, this.callTimeoutMs);
    this.all = new AllReader(this.shared, this.callTimeoutMs);
    this.appender = new StreamAppender(this.shared, this.streams, this.callTimeoutMs);
    this.watcher = new AppendWatcher(this.shared.client);
  }

  /** Opens the store and asks it something. @throws {EventStoreUnavailable} @throws {Error} for a url that is none */
  static async connect(options: KurrentEventStoreOptions): Promise<KurrentEventStore> {
    const store = new KurrentEventStore(options);
    try {
      await store.head();
      return store;
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  async append(appends: readonly StreamAppend[]): Promise<readonly AppendOutcome[]> {
    validateAppends(appends);
    return this.appender.append(appends);
  }

  async readStream(stream: string, options: ReadStreamOptions): Promise<readonly StoredEvent[]> {
    validateMaxCount(options.maxCount);
    return this.streams.read(stream, options);
  }

  async streamRevision(stream: string): Promise<bigint> {
    const [last] = await this.streams.read(stream, { direction: 'backwards', maxCount: 1 });
    return last?.revision ?? NO_STREAM;
  }

  async readAll(options: ReadAllOptions): Promise<AllPage> {
    validateMaxCount(options.maxCount);
    return this.all.read(options);
  }

  async head(): Promise<GlobalPosition> {
    return this.all.head();
  }

  async waitForAppend(after: GlobalPosition, timeoutMs: number): Promise<void> {
    await this.watcher.wait(after, timeoutMs);
  }

  async now(): Promise<Date> {
    return readServerClock(this.shared.connection, this.callTimeoutMs);
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    this.watcher.close();
    await releaseClient(this.options.url);
  }
}
