import { createPool, isTransient, migrate } from '@app/postgres';
import { EventStoreUnavailable, NO_STREAM } from '../event-store.js';
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
import { isWanted } from '../read-options.js';
import { validateAppends, validateMaxCount } from '../validate-appends.js';
import { splitBySize, toOutcomes, toParameters } from './append-batch.js';
import type { AppendRow } from './append-batch.js';
import { AppendListener } from './append-listener.js';
import { at, boundOf, REVISION_MAX, toEvent, type EventRow } from './event-rows.js';
import { FollowedStreams } from './followed-streams.js';
import { GroupedAppends } from './grouped-appends.js';
import { STATEMENTS } from './statements.js';

export interface PostgresEventStoreOptions {
  readonly url: string;
  /** Connections at most, beside one that listens. */
  readonly poolMax?: number;
}

const POOL_MAX = 4;
const STATEMENT_TIMEOUT_MS = 30_000;
/** The port on Postgres tables (schema `creditfold_events`). */
export class PostgresEventStore implements EventStore {
  private readonly pool: ReturnType<typeof createPool>;
  private readonly listener: AppendListener;
  private readonly appends = new GroupedAppends((appends) => this.write(appends));
  private readonly followed: FollowedStreams;

  private constructor({ url, poolMax }: PostgresEventStoreOptions) {
    this.pool = createPool(url, {
      max: poolMax ?? POOL_MAX,
      applicationName: 'event-store',
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    });
    this.listener = new AppendListener(url);
    this.followed = new FollowedStreams(this.pool);
  }

  /** Brings the schema up to date and opens the store. @throws {SchemaTooNew} (see `migrate`) */
  static async connect(options: PostgresEventStoreOptions): Promise<PostgresEventStore> {
    const directory = new URL('./migrations/', import.meta.url);
    try {
      await migrate(options.url, { directory, schema: 'creditfold_events' });
    } catch (error) {
      throw asPortError(error);
    }
    return new PostgresEventStore(options);
  }

  async append(appends: readonly StreamAppend[]): Promise<readonly AppendOutcome[]> {
    validateAppends(appends);
    return this.appends.append(appends);
  }

  async readStream(stream: string, options: ReadStreamOptions): Promise<readonly StoredEvent[]> {
    const { from, direction, maxCount, isFirstBare } = options;
    validateMaxCount(maxCount);
    const isBackwards = direction === 'backwards';
    const bound = from ?? (isBackwards ? REVISION_MAX : 0n);
    if (isFirstBare === true && !isBackwards) {
      const events = await this.follow({ stream, from: bound, maxCount });
      if (events !== undefined) return events;
    }
    const values = [stream, boundOf(bound), maxCount];
    const rows = isBackwards
      ? await this.query<EventRow>(STATEMENTS.readStreamBackwards, values)
      : await this.query<EventRow>(STATEMENTS.readStreamForwards, [...values, isFirstBare === true]);
    return rows.map(toEvent);
  }

  async streamRevision(stream: string): Promise<bigint> {
    const [row] = await this.query<{ revision: number }>(STATEMENTS.streamRevision, [stream]);
    return row === undefined ? NO_STREAM : BigInt(row.revision);
  }

  async readAll(options: ReadAllOptions): Promise<AllPage> {
    const { after, maxCount, streamPrefixes, dataTypes } = options;
    validateMaxCount(maxCount);
    const values = [after.commit, maxCount, streamPrefixes ?? null, dataTypes ?? null];
    const rows = await this.query<EventRow>(STATEMENTS.readAll, values);
    const last = rows.at(-1);
    return {
      events: rows.filter(({ stream }) => isWanted(stream, options)).map(toEvent),
      position: last === undefined ? after : at(last.position),
      isEnd: rows.length < maxCount,
    };
  }

  async head(): Promise<GlobalPosition> {
    return at(await this.readHead());
  }

  async waitForAppend(after: GlobalPosition, timeoutMs: number): Promise<void> {
    await this.listener.wait(after.commit, timeoutMs, () => this.readHead());
  }

  async now(): Promise<Date> {
    const [row] = await this.query<{ now: Date }>(STATEMENTS.now, []);
    if (row === undefined) throw new EventStoreUnavailable('the store has no clock');
    return row.now;
  }

  async close(): Promise<void> {
    await this.listener.close();
    await this.pool.end();
  }

  private async follow(asked: Parameters<FollowedStreams['read']>[0]): ReturnType<FollowedStreams['read']> {
    try {
      return await this.followed.read(asked);
    } catch (error) {
      throw asPortError(error);
    }
  }

  private async write(appends: readonly StreamAppend[]): Promise<readonly AppendOutcome[]> {
    const outcomes: AppendOutcome[] = [];
    for (const part of splitBySize(appends)) {
      // One after the other: the head's lock would make them take turns anyway.
      const rows = await this.query<AppendRow>(STATEMENTS.append, toParameters(part));
      outcomes.push(...toOutcomes(part, rows));
    }
    return outcomes;
  }

  private async readHead(): Promise<bigint> {
    const [row] = await this.query<{ position: bigint }>(STATEMENTS.head, []);
    return row?.position ?? 0n;
  }

  /** A statement is a transaction by itself: a connection lost while it runs leaves its outcome unknown. */
  private async query<Row extends object>(
    statement: { readonly name: string; readonly text: string },
    values: unknown[],
  ): Promise<Row[]> {
    try {
      return (await this.pool.query<Row>({ ...statement, values })).rows;
    } catch (error) {
      throw asPortError(error);
    }
  }
}

function asPortError(error: unknown): unknown {
  if (!isTransient(error)) return error;
  return new EventStoreUnavailable(error instanceof Error ? error.message : String(error), { cause: error });
}
