/** What one catalog document may hold at most; more is refused when it is published. */
export const CATALOG_LIMITS = {
  keyLengthMax: 255,
  descriptionLengthMax: 2_000,
  dimensionsMax: 64,
  poolsMax: 64,
  metersMax: 1_000,
  productFieldsMax: 8,
  factorValuesMax: 10_000,
  rateCardsMax: 500,
  versionsPerCardMax: 500,
  ratesPerVersionMax: 2_000,
  tiersMax: 100,
  plansMax: 500,
  packagesMax: 500,
  rolloverCyclesMax: 1_200,
  graceMaxMs: 35 * 86_400_000,
  errorsMax: 100,
} as const;

/** A new version of a rate card starts at least this long after it is published. */
export const VERSION_LEAD_MS = 60_000;

/** How long after its end a cycle waits for late usage when the catalog does not say. */
export const DEFAULT_GRACE_MS = 3_600_000;
