import { ApiClient } from './api-client.js';
import type { BackfillEvent, RowTerms } from './backfill-event.js';
import { BackfillFailed } from './backfill-failed.js';
import { batchesOf } from './batches.js';
import { EventSorter } from './event-sorter.js';
import { formOf, openSource, unreadable } from './open-source.js';
import type { Progress } from './progress.js';
import { readCatalog } from './read-catalog.js';
import { readCsv } from './read-csv.js';
import { readNdjson } from './read-ndjson.js';
import { sendBatches } from './send-batches.js';
import { waitForReadModels } from './wait-for-read-models.js';

export interface BackfillOptions {
  readonly file: string;
  readonly url: string;
  readonly key: string;
  readonly source: string;
  readonly type: string | undefined;
  readonly isAdjusting: boolean;
  readonly isWaiting: boolean;
}

export interface BackfillTotals {
  readonly events: number;
  readonly organisations: number;
  readonly sentMs: number;
  /** Until the read models had everything; null when nobody waited. */
  readonly totalMs: number | null;
}

/** Loads a file's usage as history. Whatever was loaded before is a duplicate, so it may be repeated at will. */
export async function runBackfill(options: BackfillOptions, progress: Progress): Promise<BackfillTotals> {
  const startedAtMs = performance.now();
  const api = new ApiClient(options.url, options.key, retryNotice(progress));
  const organisations = new Set<string>();
  const sorter = new EventSorter({
    onSpill: (directory) =>
      progress.note(`More rows than are sorted in memory: they are sorted on disk, in ${directory}.`),
  });
  try {
    await readFile(options, await termsOf(options, api, organisations), sorter);
    progress.start(sorter.count);
    const onSent = (events: number): void => progress.add(events);
    await sendBatches(api, batchesOf(sorter.inOrder()), { isAdjusting: options.isAdjusting, onSent });
  } finally {
    progress.stop();
    await sorter.close();
  }
  const sentMs = performance.now() - startedAtMs;
  if (options.isWaiting) await waitForReadModels(api, () => undefined);
  const totalMs = options.isWaiting ? performance.now() - startedAtMs : null;
  return { events: sorter.count, organisations: organisations.size, sentMs, totalMs };
}

async function termsOf(options: BackfillOptions, api: ApiClient, organisations: Set<string>): Promise<RowTerms> {
  const { dimensions, quantities, onlyType } = await readCatalog(api);
  return {
    source: options.source,
    type: options.type ?? onlyType,
    dimensions,
    quantities,
    onOrganisation: (organisation) => void organisations.add(organisation),
  };
}

async function readFile({ file }: BackfillOptions, terms: RowTerms, sorter: EventSorter): Promise<void> {
  const onEvent = (event: BackfillEvent): Promise<void> | undefined => sorter.add(event);
  const read = (await formOf(file)) === 'csv' ? readCsv : readNdjson;
  try {
    await read(await openSource(file), terms, onEvent);
  } catch (error) {
    throw error instanceof BackfillFailed ? error : unreadable(file, error);
  }
}

/** Says once in a while why nothing moves, not at every try. */
function retryNotice(progress: Progress): (reason: string) => void {
  let last = '';
  return (reason) => {
    if (reason !== last) progress.note(`The server cannot take usage now (${reason}); trying again ...`);
    last = reason;
  };
}
