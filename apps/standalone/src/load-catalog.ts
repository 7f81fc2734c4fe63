import { fileURLToPath } from 'node:url';
import { CatalogStream, loadCatalogFile } from '@app/accounts';
import type { EventStore } from '@app/event-store';

const GETTING_STARTED = fileURLToPath(new URL('../../../examples/catalogs/getting-started.json', import.meta.url));

/** Loads the configured file; without one, the example catalog where there is none yet. @throws {CatalogRefused} */
export async function loadCatalog(store: EventStore, file: string | undefined): Promise<void> {
  const isFirst = file === undefined && (await new CatalogStream(store, Date.now).refresh()) === undefined;
  const path = isFirst ? GETTING_STARTED : file;
  if (path !== undefined) await loadCatalogFile(store, path, Date.now);
}
