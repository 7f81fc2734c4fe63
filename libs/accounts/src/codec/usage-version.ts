/**
 * Versions of a stored `UsageCharged`. Version 1 recorded hashes of identities, values of dimensions as texts, and the
 * combination of each usage event by its number; its columns are in bytes and not in bits.
 */
export type UsageVersion = 1 | 2;

/** The version that is written. */
export const USAGE_VERSION = 2;
