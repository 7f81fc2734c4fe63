import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { Principal } from '../keys/principal.js';
import type { EndpointDefinition } from './endpoint.js';
import type { HttpRequest } from './http.js';

/** What is known of a request once it has been let in. */
export interface Call {
  readonly requestId: string;
  readonly endpoint: EndpointDefinition;
  readonly principal: Principal;
  /** `:organisation` of the path, allowed for this key; empty on routes without. */
  readonly organisation: string;
  /** Path parameters, decoded and checked to be names. */
  readonly params: Readonly<Record<string, string>>;
  /** Query parameters as the endpoint's schema made them, and as they were written. */
  readonly query: unknown;
  readonly writtenQuery: Readonly<Record<string, unknown>>;
  readonly idempotencyKey: string | null;
  /** `Creditfold-Actor`: the person behind the key, kept by the ledger. */
  readonly actor: string | null;
}

/**
 * The property in which a request carries its call. A `WeakMap` beside the requests would keep each of them until the
 * old part of the heap is collected.
 */
export const CALL = Symbol('call');

interface CallCarrier extends HttpRequest {
  [CALL]?: Call | null;
}

export const rememberCall = (request: CallCarrier, call: Call): void => void (request[CALL] = call);

/** The call of a request that `guardRequest` let in. @throws Error on a request that went past it: a programmer's error */
export function callOf(request: CallCarrier): Call {
  const call = request[CALL];
  if (!call) throw new Error('A request was handled that nobody let in.');
  return call;
}

/** The same for logs, which also see requests that were refused. */
export const callIfAny = (request: CallCarrier): Call | null => request[CALL] ?? null;

export const requestOf = (context: ExecutionContext): HttpRequest => context.switchToHttp().getRequest<HttpRequest>();

/** Hands a handler the query as the endpoint's schema made it. */
export const TheQuery = createParamDecorator(
  (_: unknown, context: ExecutionContext) => callOf(requestOf(context)).query,
);

/** Hands a handler its `Call`. */
export const TheCall = createParamDecorator((_: unknown, context: ExecutionContext) => callOf(requestOf(context)));

/** Path parameter `name`. @throws Error where the route has none: a programmer's error */
export function pathParameter(call: Call, name: string): string {
  const value = call.params[name];
  if (value === undefined) throw new Error(`The route ${call.endpoint.path} has no parameter ${name}.`);
  return value;
}
