import { InvalidAppend, openEventStore, type EventStoreSettings } from '@app/event-store';
import { copyStreams, type CopyCounts } from '../copy/copy-streams.js';
import { verifyCopy, type CopyDifference } from '../copy/verify-copy.js';
import type { OpenStreams } from '../open-streams.js';

/** What was copied, and what differs at the target then; proven when nothing does. */
export interface CopyReport extends CopyCounts {
  readonly isProven: boolean;
  readonly differences: readonly CopyDifference[];
}

/** Where `--to` points; undefined for a url of neither kind. */
export function targetOf(url: string): EventStoreSettings | undefined {
  if (/^esdb(\+discover)?:\/\//.test(url)) return { kurrentUrl: url };
  return /^postgres(ql)?:\/\//.test(url) ? { databaseUrl: url } : undefined;
}

/** Copies all streams to another store, then compares ids, types, revisions and bytes of both sides. */
export async function copy({ store }: OpenStreams, target: EventStoreSettings): Promise<CopyReport> {
  const opened = await openEventStore(target);
  try {
    const until = await store.head();
    const counts = await copyStreams({ from: store, to: opened.store, until });
    const differences = await verifyCopy({ from: store, to: opened.store, until });
    return { ...counts, isProven: differences.length === 0, differences };
  } catch (error) {
    if (!(error instanceof InvalidAppend)) throw error;
    throw new Error(`the target refuses what the source holds: ${error.message}`, { cause: error });
  } finally {
    await opened.store.close();
  }
}
