import type { Pool, PoolClient } from 'pg';
import type { LaneName } from '../generations/generation.js';
import type { ReadEvent } from './event-source.js';

/** Where a lane's rows are: what a projection reads while it folds. */
export interface LaneTables {
  readonly pool: Pool;
  readonly schema: string;
}

/**
 * One lane's way from events to rows. Events are folded into an open window in memory; a window is written by one
 * transaction. Caches run ahead of the tables by the windows that are not written yet: `forget` after any failure.
 */
export interface Projection<Window> {
  readonly lane: LaneName;
  readonly streamPrefixes: readonly string[];
  /** Adds events to the open window, in order. @throws {HistoryDiffers | NewerEventVersion} */
  fold(events: readonly ReadEvent[], tables: LaneTables): Promise<void>;
  /** True when the open window should be written before more is read. */
  readonly isFull: boolean;
  /** The open window's rows; an empty window is opened. All windows before it are written: caches may shrink. */
  takeWindow(): Window;
  write(window: Window, client: PoolClient, schema: string): Promise<void>;
  /** The window's transaction was committed. */
  written(window: Window): void;
  /** Drops all that is not stored. */
  forget(): void;
}

/** The organisation whose account's stream this is; undefined for other streams. */
export const organisationOf = (stream: string): string | undefined =>
  stream.startsWith(ACCOUNT_STREAMS) ? stream.slice(ACCOUNT_STREAMS.length) : undefined;

export const ACCOUNT_STREAMS = 'account-';
export const FEED_STREAMS = 'feed-';
