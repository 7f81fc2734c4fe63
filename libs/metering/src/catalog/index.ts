export type { Catalog, DimensionLookup, Rate, Plan, Package, Included, Rollover, VolumeTier } from './catalog.js';
export { CATALOG_LIMITS, VERSION_LEAD_MS, DEFAULT_GRACE_MS } from './catalog-limits.js';
export { catalogSchema, type CatalogDocument } from './catalog-schema.js';
export { compileCatalog } from './compile-catalog.js';
export { rateKey } from './compile-rates.js';
export type { Meter } from '../meters/meter.js';
export { validateCatalog, type CatalogValidation } from './validate-catalog.js';
export { checkSuccession } from './check-succession.js';
