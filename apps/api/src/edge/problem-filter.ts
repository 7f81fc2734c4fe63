import { Catch } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { Logger } from 'pino';
import type { HttpReply, HttpRequest } from './http.js';
import { problemOf } from './problem-of.js';

/** Answers every failure as `application/problem+json`. What the client is not told, the log says, by the same request id. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Logger) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    sendProblem(exception, {
      request: http.getRequest<HttpRequest>(),
      reply: http.getResponse<HttpReply>(),
      log: this.log,
    });
  }
}

export interface Exchange {
  readonly request: HttpRequest;
  readonly reply: HttpReply;
  readonly log: Logger;
}

export function sendProblem(exception: unknown, { request, reply, log }: Exchange): void {
  const problem = problemOf(exception);
  const { status, code } = problem.kind;
  // What this app itself says of itself needs no stack.
  const why = exception === problem ? { detail: problem.message } : { err: exception };
  if (status >= 500) log.error({ requestId: request.id, code, ...why }, 'request failed');
  const { headers, retryAfterSeconds } = problem.extras;
  for (const [name, value] of Object.entries(headers ?? {})) reply.header(name, value);
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds));
  reply.header('content-type', 'application/problem+json');
  reply.code(status);
  // Bytes, since the framework adds a charset to the type of a text, which the type of problems has none of.
  reply.send(Buffer.from(JSON.stringify(problem.toBody(request.id)), 'utf8'));
}
