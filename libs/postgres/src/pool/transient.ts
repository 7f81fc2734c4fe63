/**
 * A commit was sent and its answer never came: it may or may not have happened. Read again, then decide again.
 */
export class UnknownOutcome extends Error {
  override readonly name = 'UnknownOutcome';
  readonly code = 'UnknownOutcome';
}

const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** What `pg` says, without a code, when a connection dies or cannot be had in time. */
const DRIVER_MESSAGES = [
  /^Connection terminated/,
  /^timeout exceeded when trying to connect/,
  /^timeout expired/,
  /^Client has encountered a connection error/,
  /^Client was closed/,
  /^Query read timeout/,
];

/** SQLSTATEs that a later attempt may not meet again (classes 08, 53 and 58 count as a whole). */
const RETRIED_STATES = new Set([
  '40001', // serialization failure
  '40P01', // deadlock
  '55P03', // lock not available
  '57014', // query cancelled, which a statement timeout is
  '25P03', // idle in transaction for too long
  '25P04', // transaction timeout
  '25006', // read only: a standby that is about to be promoted
]);

const SHUTDOWN_STATES = new Set(['57P01', '57P02', '57P03', '57P05']);

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** True when the connection itself is gone (or never was): whatever was under way has an unknown outcome. */
export function isConnectionLost(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== undefined && (NETWORK_CODES.has(code) || SHUTDOWN_STATES.has(code) || code.startsWith('08')))
    return true;
  if (error instanceof AggregateError) return error.errors.some(isConnectionLost);
  return error instanceof Error && DRIVER_MESSAGES.some((message) => message.test(error.message));
}

/**
 * True for faults that pass, and are nobody's but the server's: lost connections, serialization failures, deadlocks, too
 * many connections, timeouts, a full disk or one that cannot be read, a server that shuts down or starts up. Back off and
 * try again; everything else is a programmer's error.
 */
export function isTransient(error: unknown): boolean {
  if (error instanceof UnknownOutcome || isConnectionLost(error)) return true;
  const code = codeOf(error);
  return code !== undefined && (RETRIED_STATES.has(code) || /^5[38]...$/.test(code));
}

/** True when the database says that its volume is full, whatever wraps what it says: nothing grows until there is room. */
export function isDiskFull(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) if (codeOf(cause) === '53100') return true;
  return false;
}
