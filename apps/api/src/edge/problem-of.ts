import { HttpException } from '@nestjs/common';
import { AccountBroken, NewerEventVersion, TooBusy } from '@app/accounts';
import { isTransient } from '@app/postgres';
import { TooManyGroups, UnknownCursor } from '@app/read-models';
import { FeedUnavailable, RecordsTooLarge } from '@app/usage-feed';
import { Problem } from './problem.js';
import type { ProblemCode } from './problem.js';

const RETRY_SECONDS = 2;

/** What a client is told of anything that was thrown; whatever is not foreseen is an `InternalError` without detail. */
export function problemOf(exception: unknown): Problem {
  if (exception instanceof Problem) return exception;
  if (exception instanceof FeedUnavailable) {
    return Problem.of('FeedUnavailable', 'The usage feed cannot take events now; none was accepted for certain.', {
      retryAfterSeconds: RETRY_SECONDS,
    });
  }
  if (exception instanceof UnknownCursor) return Problem.of('InvalidCursor', 'next is not a cursor of this list');
  if (exception instanceof TooManyGroups) {
    return Problem.of(
      'InvalidParameter',
      'The answer has too many groups: ask for a shorter range or fewer dimensions.',
    );
  }
  if (exception instanceof RecordsTooLarge) return Problem.of('TooLarge', 'An event is too large.');
  if (exception instanceof AccountBroken) {
    return Problem.of('AccountParked', 'This account is parked until an operator has looked at it.', {
      retryAfterSeconds: 60,
    });
  }
  if (exception instanceof NewerEventVersion) {
    return Problem.of(
      'Unavailable',
      'A later release has written to this account: one of its processes has to answer.',
      {
        retryAfterSeconds: RETRY_SECONDS,
      },
    );
  }
  if (exception instanceof TooBusy) {
    return Problem.of('Unavailable', 'This account is busy; try again.', { retryAfterSeconds: 1 });
  }
  return (
    frameworkProblem(exception) ??
    unavailable(exception) ??
    Problem.of('InternalError', 'Something went wrong here; it is logged under the request id.')
  );
}

/** Faults that the HTTP framework finds by itself, by its stable codes. */
const FRAMEWORK_PROBLEMS: ReadonlyMap<string, readonly [ProblemCode, string]> = new Map([
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', ['UnsupportedMediaType', 'This content type is not accepted here.']],
  ['FST_ERR_CTP_BODY_TOO_LARGE', ['TooLarge', 'The body is too large.']],
  ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', ['MalformedJson', 'The body is not as long as Content-Length says.']],
  ['FST_ERR_BAD_URL', ['NotFound', 'There is nothing here.']],
  ['FST_ERR_MAX_PARAM_LENGTH', ['NotFound', 'There is nothing here.']],
]);

/** The same, where they come as Nest's own exceptions. */
const STATUS_PROBLEMS: ReadonlyMap<number, readonly [ProblemCode, string]> = new Map([
  [400, ['MalformedJson', 'The request is malformed.']],
  [404, ['NotFound', 'There is nothing here.']],
  [413, ['TooLarge', 'The body is too large.']],
  [415, ['UnsupportedMediaType', 'This content type is not accepted here.']],
]);

function frameworkProblem(exception: unknown): Problem | undefined {
  const known =
    exception instanceof HttpException
      ? STATUS_PROBLEMS.get(exception.getStatus())
      : FRAMEWORK_PROBLEMS.get(codeOf(exception) ?? '');
  return known && Problem.of(...known);
}

/** A store that cannot be reached now, whichever is behind the port: its errors are named so, or Postgres' own. */
function unavailable(exception: unknown): Problem | undefined {
  const isNamedSo = exception instanceof Error && exception.name.endsWith('Unavailable');
  if (!isNamedSo && !isTransient(exception)) return undefined;
  return Problem.of('Unavailable', 'The service cannot do this now; try again.', { retryAfterSeconds: RETRY_SECONDS });
}

function codeOf(exception: unknown): string | undefined {
  if (typeof exception !== 'object' || exception === null || !('code' in exception)) return undefined;
  return typeof exception.code === 'string' ? exception.code : undefined;
}
