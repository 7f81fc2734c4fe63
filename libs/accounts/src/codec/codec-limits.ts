/** Bounds of what the codec writes and reads. A stored count above one of them is corruption, not a reason to allocate. */
export const CODEC_LIMITS = {
  /** Usage events, meter lines, groups, draws or samples of one event; constant columns take no bytes by themselves. */
  elementsMax: 1_000_000,
  /** Rate uses of one usage event: meters of its type. */
  patternUsesMax: 10_000,
  /** Names of dimensions of one usage event. */
  listedNamesMax: 10_000,
  /** Digits of an integer in a JSON body: parsing decimals is quadratic. */
  integerDigitsMax: 1_000,
  /** Nesting of a JSON document inside an event (the catalog). */
  jsonDepthMax: 64,
  /** Digits of a counted id, so that its number stays exact. */
  countedDigitsMax: 15,
  /** Version bytes stay below the ASCII letters, so that type and version never run into each other in the hash. */
  versionMax: 47,
} as const;
