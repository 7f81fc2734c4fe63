/** Every limit of this app, in one place. */
export const LIMITS = {
  adminKeyCharsMin: 32,
  /** Each part finishes what is under way within this, then it is cut off: what it did not finish is done again. */
  partStopMs: 6_000,
  /** The whole process is gone by then, whatever hangs. */
  processStopMs: 9_500,
  /** npm passes a terminal's signal on a second time: what arrives within this is the same wish. */
  sameSignalMs: 1_000,
  /** How often each part says how it is, and the silence after which that is a fault of its own. */
  reportMs: 1_000,
  reportSilenceMs: 30_000,
  /** A full disk that stays full for so long ends the process (I11); it has healed when nothing says so any more. */
  diskFullMs: 30_000,
  diskHealedMs: 10_000,
} as const;
