import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import { callOf, requestOf } from './call.js';
import type { EndpointDefinition } from './endpoint.js';
import { itemsOf } from './issues.js';
import { Problem } from './problem.js';

/** Query parameters by the endpoint's schema; unknown ones, and ones given twice, are refused. @throws Problem InvalidParameter */
export function parseQuery(endpoint: EndpointDefinition, query: unknown): unknown {
  const given = Object.entries(query as Readonly<Record<string, unknown>>);
  if (!endpoint.query) {
    if (given.length > 0)
      throw refusal(
        given.map(([parameter]) => ({
          pointer: `/${parameter}`,
          code: 'UnknownField',
          detail: `${parameter} is not known here`,
        })),
      );
    return {};
  }
  const result = endpoint.query.strict().safeParse(Object.fromEntries(given), { reportInput: true });
  if (!result.success) throw refusal(itemsOf(result.error));
  return result.data;
}

function refusal(errors: ReturnType<typeof itemsOf>): Problem {
  return Problem.of('InvalidParameter', errors[0]?.detail ?? 'A parameter is not valid', { errors });
}

/** Hands a handler the query as the endpoint's schema made it. */
export const TheQuery = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const request = requestOf(context);
  return parseQuery(callOf(request).endpoint, request.query);
});
