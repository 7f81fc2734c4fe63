/** Every limit of this app, in one place. */
export const LIMITS = {
  adminKeyCharsMin: 32,
  /** Each part finishes what is under way within this, then it is cut off: what it did not finish is done again. */
  partStopMs: 6_000,
  /** The whole process is gone by then, whatever hangs. */
  processStopMs: 9_500,
  /** npm passes a terminal's signal on a second time: what arrives within this is the same wish. */
  sameSignalMs: 1_000,
} as const;
