import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { CatalogStream } from '@app/accounts';
import type { PublishOutcome } from '@app/accounts';
import type { EventStore } from '@app/event-store';
import { LIMITS } from './limits.js';
import { StartRefused } from './start-refused.js';

const GETTING_STARTED = fileURLToPath(new URL('../../../examples/catalogs/getting-started.json', import.meta.url));

/**
 * Publishes the configured file when its content differs from the file loaded last; without one, the example catalog
 * where there is none yet. @throws {StartRefused} `CatalogUnreadable`, `CatalogInvalid`, `CatalogConflict`
 */
export async function loadCatalog(store: EventStore, file: string | undefined): Promise<void> {
  const catalogs = new CatalogStream(store, Date.now);
  const current = await catalogs.refresh();
  if (file === undefined && current !== undefined) return;
  const path = file ?? GETTING_STARTED;
  const bytes = await readBounded(path);
  const fileHash = createHash('sha256').update(bytes).digest('hex');
  if (fileHash === (await hashLoadedLast(catalogs))) return;
  const outcome = await catalogs.publish(parse(bytes, path), {
    expectedVersion: current?.version ?? 0,
    nowMs: Date.now(),
    actor: null,
    fileHash,
  });
  if (outcome.kind !== 'published') throw refusalOf(outcome, path);
}

async function readBounded(path: string): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size <= LIMITS.catalogFileBytesMax) return await readFile(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StartRefused('CatalogUnreadable', `the catalog ${path} cannot be read: ${reason}`, { cause });
  }
  throw new StartRefused('CatalogUnreadable', `${path} is above ${LIMITS.catalogFileBytesMax} bytes.`);
}

function parse(bytes: Buffer, path: string): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StartRefused('CatalogInvalid', `${path} is not JSON: ${reason}`, { cause });
  }
}

/** Versions that came over HTTP have no file: the last one that does counts. */
async function hashLoadedLast(catalogs: CatalogStream): Promise<string | null> {
  let published = catalogs.published;
  for (let looked = 0; published !== undefined && looked < LIMITS.catalogVersionsSearchedMax; looked += 1) {
    if (published.fileHash !== null) return published.fileHash;
    published = await catalogs.version(published.version - 1);
  }
  return null;
}

function refusalOf(outcome: Exclude<PublishOutcome, { kind: 'published' }>, path: string): StartRefused {
  if (outcome.kind === 'conflict') {
    return new StartRefused('CatalogConflict', `version ${outcome.version} was published meanwhile; start again.`);
  }
  const faults = outcome.errors.map(({ pointer, code, detail }) => `\n  ${pointer}  ${code}: ${detail}`).join('');
  if (outcome.kind === 'invalid') return new StartRefused('CatalogInvalid', `${path} is inconsistent:${faults}`);
  return new StartRefused(
    'CatalogConflict',
    `${path} changes what is effective already; add a version that starts later, or use a new data directory:${faults}`,
  );
}
