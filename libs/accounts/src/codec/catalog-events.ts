import * as z from 'zod';
import { EventCodec, jsonDefinition } from './event-codec.js';
import { instant, jsonValue } from './json-scalars.js';
import { eventSchema } from './ledger-schemas.js';

/** A revision of the catalog, whole. */
export interface CatalogPublished {
  readonly type: 'CatalogPublished';
  /** Counted from 1. */
  readonly version: number;
  /** The catalog as a JSON value, as it was published. */
  readonly document: unknown;
  readonly publishedAtMs: number;
  readonly actor: string | null;
  /** SHA-256 of the file it was read from, hex; null when it came over HTTP. */
  readonly fileHash: string | null;
}

/** The secret that identity hashes are keyed with: made once, never changed. */
export interface DeploymentKeyed {
  readonly type: 'DeploymentKeyed';
  /** 32 bytes, base64. */
  readonly secret: string;
  readonly createdAtMs: number;
}

const SECRET = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;

const published = eventSchema('CatalogPublished', 'A revision of the catalog was published.', {
  version: z.int(),
  document: jsonValue,
  publishedAtMs: instant,
  actor: z.string().nullable(),
  fileHash: z.string().nullable(),
});
const keyed = eventSchema('DeploymentKeyed', 'The secret of identity hashes was made.', {
  secret: z.string().regex(SECRET, 'is not 32 bytes in base64'),
  createdAtMs: instant,
});

/** The registry of the stream `catalog`. */
export const catalogEvents = new EventCodec<CatalogPublished>('catalog', {
  CatalogPublished: jsonDefinition<CatalogPublished>('CatalogPublished', published),
});

/** The registry of the stream `deployment`. */
export const deploymentEvents = new EventCodec<DeploymentKeyed>('deployment', {
  DeploymentKeyed: jsonDefinition<DeploymentKeyed>('DeploymentKeyed', keyed),
});
