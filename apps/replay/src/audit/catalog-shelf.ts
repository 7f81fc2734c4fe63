import { CatalogStream } from '@app/accounts';
import type { EventStore } from '@app/event-store';
import { compileCatalog, validateCatalog, type Catalog } from '@app/metering';
import { LIMITS } from '../limits.js';

/** Versions of the catalog as its stream has them, compiled once; the newest used ones are kept. */
export class CatalogShelf {
  private readonly stream: CatalogStream;
  private readonly known = new Map<number, Catalog | undefined>();

  constructor(store: EventStore) {
    // Versions of the past are read: no clock is asked.
    this.stream = new CatalogStream(store, () => 0);
  }

  /** True when `get` has an answer for the version. */
  has(version: number): boolean {
    return this.known.has(version);
  }

  /** A version that was loaded; undefined where the stream does not have it, or has no valid catalog there. */
  get(version: number): Catalog | undefined {
    return this.known.get(version);
  }

  async load(version: number): Promise<void> {
    if (this.known.has(version)) return;
    const published = await this.stream.version(version);
    const validation = published?.version === version ? validateCatalog(published.document) : undefined;
    const isValid = validation !== undefined && !('errors' in validation);
    const [oldest] = this.known.keys();
    if (this.known.size >= LIMITS.catalogsMax && oldest !== undefined) this.known.delete(oldest);
    this.known.set(version, isValid ? compileCatalog(validation.catalog, version) : undefined);
  }
}
