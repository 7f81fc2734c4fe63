import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { EventStore } from '@app/event-store';
import { CatalogStream, type PublishOutcome } from './catalog-stream.js';

/** A file above this is no catalog. */
const FILE_BYTES_MAX = 4 * 1024 * 1024;
/** Versions that are looked through for the file that was loaded last. */
const VERSIONS_SEARCHED_MAX = 10_000;
/** Processes that start together publish the same file at once: one is first, the others look again. */
const TRIES_MAX = 5;

/** Why a catalog file was not loaded; `code` is stable, the message lists every fault. Nothing was published. */
export class CatalogRefused extends Error {
  override readonly name = 'CatalogRefused';
  constructor(
    readonly code: 'CatalogUnreadable' | 'CatalogInvalid' | 'CatalogConflict',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * Publishes a catalog file when its content differs from the file loaded last; otherwise the current catalog stays.
 * Any number of processes may load the same file at once. @throws {CatalogRefused | EventStoreUnavailable}
 */
export async function loadCatalogFile(store: EventStore, path: string, nowMs: () => number): Promise<void> {
  const catalogs = new CatalogStream(store, nowMs);
  const bytes = await readBounded(path);
  const fileHash = createHash('sha256').update(bytes).digest('hex');
  const document = parse(bytes, path);
  for (let tried = 0; ; tried += 1) {
    const expectedVersion = (await catalogs.refresh())?.version ?? 0;
    if (fileHash === (await hashLoadedLast(catalogs))) return;
    const outcome = await catalogs.publish(document, { expectedVersion, nowMs: nowMs(), actor: null, fileHash });
    if (outcome.kind === 'published') return;
    if (outcome.kind !== 'conflict' || tried === TRIES_MAX) throw refusalOf(outcome, path);
  }
}

async function readBounded(path: string): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size <= FILE_BYTES_MAX) return await readFile(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CatalogRefused('CatalogUnreadable', `the catalog ${path} cannot be read: ${reason}`, { cause });
  }
  throw new CatalogRefused('CatalogUnreadable', `${path} is above ${FILE_BYTES_MAX} bytes.`);
}

function parse(bytes: Buffer, path: string): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CatalogRefused('CatalogInvalid', `${path} is not JSON: ${reason}`, { cause });
  }
}

/** Versions that came over HTTP have no file: the last one that does counts. */
async function hashLoadedLast(catalogs: CatalogStream): Promise<string | null> {
  let published = catalogs.published;
  for (let looked = 0; published !== undefined && looked < VERSIONS_SEARCHED_MAX; looked += 1) {
    if (published.fileHash !== null) return published.fileHash;
    published = await catalogs.version(published.version - 1);
  }
  return null;
}

function refusalOf(outcome: Exclude<PublishOutcome, { kind: 'published' }>, path: string): CatalogRefused {
  if (outcome.kind === 'conflict') {
    return new CatalogRefused('CatalogConflict', `version ${outcome.version} was published meanwhile; start again.`);
  }
  const faults = outcome.errors.map(({ pointer, code, detail }) => `\n  ${pointer}  ${code}: ${detail}`).join('');
  if (outcome.kind === 'invalid') return new CatalogRefused('CatalogInvalid', `${path} is inconsistent:${faults}`);
  return new CatalogRefused(
    'CatalogConflict',
    `${path} changes what is effective already; add a version that starts later, or use a new data directory:${faults}`,
  );
}
