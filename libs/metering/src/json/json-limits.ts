/** What a document may be at most. */
export const JSON_LIMITS = {
  /** Levels of arrays and objects; more is refused as `TooDeep`. */
  nestingMax: 64,
} as const;
