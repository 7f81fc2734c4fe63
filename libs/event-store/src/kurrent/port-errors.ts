import { ErrorType, isCommandError, MaxAppendSizeExceededError } from '@eventstore/db-client';
import { EventStoreUnavailable, InvalidAppend } from '../event-store.js';
import { StreamDeleted } from './stream-deleted.js';

/** The gRPC codes after which the same call may succeed: cancelled, deadline, exhausted, aborted, internal, unavailable. */
const TRANSIENT_CODES: ReadonlySet<unknown> = new Set([1, 4, 8, 10, 13, 14]);
const TRANSIENT_TYPES: ReadonlySet<unknown> = new Set([
  ErrorType.TIMEOUT,
  ErrorType.DEADLINE_EXCEEDED,
  ErrorType.UNAVAILABLE,
  ErrorType.CANCELLED,
  ErrorType.NOT_LEADER,
]);
/** Plain errors without a code: of discovery over several hosts, and of a channel closed by another call's failure. */
const TRANSIENT_MESSAGE = /^Failed to discover|^Channel has been shut down/;
/** Errors that say that an append was refused. Any other leaves its outcome unknown. */
const REFUSALS: ReadonlySet<unknown> = new Set([ErrorType.ACCESS_DENIED, ErrorType.INVALID_ARGUMENT]);

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);
const typeOf = (error: unknown): unknown => (isCommandErrorOf(error) ? error.type : undefined);

function isCommandErrorOf(error: unknown): error is Error & { readonly type: ErrorType } {
  return error instanceof Error && isCommandError(error);
}

function isTransient(error: unknown): boolean {
  if (TRANSIENT_TYPES.has(typeOf(error)) || TRANSIENT_CODES.has(codeOf(error))) return true;
  return error instanceof Error && TRANSIENT_MESSAGE.test(error.message);
}

export const isOfType = (error: unknown, type: ErrorType): boolean => typeOf(error) === type;

/** Failed discovery and lost connections mean that the store cannot be reached; a tombstone never goes away. */
export function asReadError(error: unknown, stream: string): unknown {
  if (error instanceof EventStoreUnavailable) return error;
  if (isOfType(error, ErrorType.STREAM_DELETED)) return new StreamDeleted(stream, 'is tombstoned', { cause: error });
  return isTransient(error) ? new EventStoreUnavailable(messageOf(error), { cause: error }) : error;
}

/** After an append only a refusal is certain: whatever else went wrong, the events may be there. */
export function asAppendError(error: unknown, stream: string): unknown {
  if (error instanceof MaxAppendSizeExceededError) {
    return new InvalidAppend(`append to ${JSON.stringify(stream.slice(0, 80))}: above the server's limit`, {
      cause: error,
    });
  }
  const known = asReadError(error, stream);
  if (known instanceof StreamDeleted || known instanceof EventStoreUnavailable || REFUSALS.has(typeOf(error))) {
    return known;
  }
  return new EventStoreUnavailable(`the outcome is unknown: ${messageOf(error)}`, { cause: error });
}
