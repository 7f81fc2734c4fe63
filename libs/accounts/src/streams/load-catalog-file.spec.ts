import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryEventStore } from '@app/event-store';
import { SMALL_CATALOG_DOCUMENT } from '../testing/small-catalog.js';
import { CatalogStream } from './catalog-stream.js';
import { loadCatalogFile } from './load-catalog-file.js';

const NOW_MS = Date.UTC(2026, 0, 1);
const now = (): number => NOW_MS;

describe('a catalog file', () => {
  let directory: string;
  let file: string;
  let store: MemoryEventStore;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'catalog-'));
    file = join(directory, 'catalog.json');
  });
  beforeEach(async () => {
    store = new MemoryEventStore();
    await writeFile(file, JSON.stringify(SMALL_CATALOG_DOCUMENT));
  });
  afterAll(async () => rm(directory, { recursive: true }));

  const version = async (): Promise<number | undefined> => (await new CatalogStream(store, now).refresh())?.version;

  it('is published once, also when several processes load it together', async () => {
    await Promise.all(Array.from({ length: 4 }, () => loadCatalogFile(store, file, now)));
    await loadCatalogFile(store, file, now);
    expect(await version()).toBe(1);
  });

  it('stays behind a version that came over HTTP, until its content changes', async () => {
    await loadCatalogFile(store, file, now);
    const changed = { ...SMALL_CATALOG_DOCUMENT, dimensions: [...SMALL_CATALOG_DOCUMENT.dimensions, 'added'] };
    const options = { expectedVersion: 1, nowMs: NOW_MS, actor: 'ops', fileHash: null };
    const catalogs = new CatalogStream(store, now);
    expect(await catalogs.publish(changed, options)).toMatchObject({ kind: 'published' });
    await loadCatalogFile(store, file, now);
    expect(await version()).toBe(2);
    await writeFile(file, JSON.stringify({ ...changed, grace: 'PT2H' }));
    await loadCatalogFile(store, file, now);
    expect(await version()).toBe(3);
  });

  it.each([
    ['that is not there', 'CatalogUnreadable', undefined],
    ['that is no JSON', 'CatalogInvalid', 'catalog'],
    ['that is inconsistent', 'CatalogInvalid', '{}'],
  ])('%s is refused and publishes nothing', async (_name, code, content) => {
    await (content === undefined ? rm(file) : writeFile(file, content));
    await expect(loadCatalogFile(store, file, now)).rejects.toMatchObject({ name: 'CatalogRefused', code });
    expect(await version()).toBeUndefined();
  });
});
