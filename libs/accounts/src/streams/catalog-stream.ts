import type { EventStore, StoredEvent } from '@app/event-store';
import { checkSuccession, compileCatalog, validateCatalog, type Catalog, type FieldError } from '@app/metering';
import { catalogEvents, type CatalogPublished } from '../codec/catalog-events.js';
import { AccountBroken } from '../errors.js';
import { beforeStream, decodeOne, encodeChain, type ChainPosition } from './chain.js';

const STREAM = 'catalog';

export interface PublishOptions {
  /** The version that this one follows; 0 when there is none yet. */
  readonly expectedVersion: number;
  readonly nowMs: number;
  readonly actor: string | null;
  /** SHA-256 of the file, hex; null when it came over HTTP. */
  readonly fileHash: string | null;
}

export type PublishOutcome =
  | { readonly kind: 'published'; readonly catalog: Catalog }
  /** Faults of the document, or changes of what is already effective. */
  | { readonly kind: 'invalid' | 'changes-history'; readonly errors: readonly FieldError[] }
  | { readonly kind: 'conflict'; readonly version: number };

/**
 * The catalog's versions, one event each: version n is revision n − 1. `knownAtMs` says at which instant the current
 * version was last known to be the newest: who decides usage stops when that is too long ago (semantics, Catalog).
 */
export class CatalogStream {
  #current: Catalog | undefined;
  #published: CatalogPublished | undefined;
  #position: ChainPosition = beforeStream(STREAM);
  #knownAtMs = Number.NEGATIVE_INFINITY;
  #following: NodeJS.Timeout | undefined;
  #refreshing: Promise<Catalog | undefined> | undefined;

  constructor(
    private readonly store: EventStore,
    private readonly nowMs: () => number,
  ) {}

  /** The newest catalog known here; undefined before the first is published. */
  get current(): Catalog | undefined {
    return this.#current;
  }

  /** The event that published it: when, by whom, from which file. */
  get published(): CatalogPublished | undefined {
    return this.#published;
  }

  get knownAtMs(): number {
    return this.#knownAtMs;
  }

  /** Reads what was published since. @throws {EventStoreUnavailable | AccountBroken} */
  refresh(): Promise<Catalog | undefined> {
    this.#refreshing ??= this.#refreshNow().finally(() => (this.#refreshing = undefined));
    return this.#refreshing;
  }

  /** A version of the past; undefined when there is none. */
  async version(version: number): Promise<CatalogPublished | undefined> {
    if (version < 1) return undefined;
    const [stored] = await this.store.readStream(STREAM, { from: BigInt(version - 1), maxCount: 1 });
    return stored && decodeOne(STREAM, catalogEvents, stored);
  }

  /** Publishes a document as the next version, after the checks of the document and of what it changes. */
  async publish(document: unknown, options: PublishOptions): Promise<PublishOutcome> {
    await this.refresh();
    const version = (this.#current?.version ?? 0) + 1;
    if (options.expectedVersion !== version - 1) return { kind: 'conflict', version: version - 1 };
    const validation = validateCatalog(document);
    if ('errors' in validation) return { kind: 'invalid', errors: validation.errors };
    const errors = this.#current && checkSuccession(this.#current.document, validation.catalog, options.nowMs);
    if (errors !== undefined && errors.length > 0) return { kind: 'changes-history', errors };
    const { actor, fileHash, nowMs: publishedAtMs } = options;
    const event: CatalogPublished = { type: 'CatalogPublished', version, document, publishedAtMs, actor, fileHash };
    const { encoded, position } = encodeChain(catalogEvents, STREAM, this.#position, [event]);
    const expectedRevision = this.#position.revision;
    const [outcome] = await this.store.append([{ stream: STREAM, expectedRevision, events: encoded }]);
    if (outcome?.kind === 'appended') return { kind: 'published', catalog: this.#take(event, position) };
    await this.refresh();
    return { kind: 'conflict', version: this.#current?.version ?? 0 };
  }

  /** Keeps reading every `pollMs` until `stop`. A failed read only lets `knownAtMs` grow old. */
  follow(pollMs: number, onWarning: (message: string, error: unknown) => void): void {
    this.#following ??= setInterval(() => {
      this.refresh().catch((error: unknown) => onWarning('The catalog cannot be read', error));
    }, pollMs).unref();
  }

  stop(): void {
    clearInterval(this.#following);
    this.#following = undefined;
  }

  async #refreshNow(): Promise<Catalog | undefined> {
    const knownAtMs = this.nowMs();
    const [stored] = await this.store.readStream(STREAM, { direction: 'backwards', maxCount: 1 });
    if (stored === undefined && this.#current !== undefined) throw new AccountBroken(STREAM, 'it is gone');
    if (stored !== undefined && stored.revision > this.#position.revision) this.#takeStored(stored);
    this.#knownAtMs = knownAtMs;
    return this.#current;
  }

  #takeStored(stored: StoredEvent): void {
    const { event, hash } = catalogEvents.decode(stored);
    this.#take(event, { revision: stored.revision, hash });
  }

  #take(event: CatalogPublished, position: ChainPosition): Catalog {
    const validation = validateCatalog(event.document);
    if ('errors' in validation) throw new AccountBroken(STREAM, `version ${event.version} is not a valid catalog`);
    const catalog = compileCatalog(validation.catalog, event.version);
    // A publish and a refresh may overlap: the newer one stands.
    if (position.revision > this.#position.revision) {
      this.#current = catalog;
      this.#published = event;
      this.#position = position;
    }
    return catalog;
  }
}
