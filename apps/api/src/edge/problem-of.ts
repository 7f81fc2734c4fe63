import { HttpException } from '@nestjs/common';
import { isTransient } from '@app/postgres';
import { FeedUnavailable } from '@app/usage-feed';
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
  if (exception instanceof HttpException && exception.getStatus() === 404)
    return Problem.of('NotFound', 'There is nothing here.');
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

function frameworkProblem(exception: unknown): Problem | undefined {
  const known = FRAMEWORK_PROBLEMS.get(codeOf(exception) ?? '');
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
