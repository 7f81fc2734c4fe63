/** Every limit of this lib, in one place. */
export const NOTIFICATION_LIMITS = {
  /** From the first byte sent to the last one read. */
  requestTimeoutMs: 10_000,
  /** What is read of an answer before the connection is cut; it is only counted, never kept. */
  answerBytesMax: 64 * 1024,
  /** Tolerance that receivers are told to have. */
  signatureToleranceSeconds: 300,
  /** Characters of a failure's reason. */
  reasonCharsMax: 200,
  smtpTimeoutMs: 10_000,
} as const;
