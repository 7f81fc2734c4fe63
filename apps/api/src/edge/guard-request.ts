import { isName } from '@app/metering';
import { LIMITS } from '../limits.js';
import type { Authenticator } from '../keys/authenticator.js';
import { ANONYMOUS, hasScope } from '../keys/principal.js';
import type { Principal } from '../keys/principal.js';
import type { RateLimiter } from '../keys/rate-limiter.js';
import { rememberCall } from './call.js';
import type { EndpointDefinition } from './endpoint.js';
import { headerOf } from './http.js';
import type { HttpRequest } from './http.js';

import { invalidParameter, Problem } from './problem.js';
import { parseQuery } from './request-query.js';

export interface Gatekeepers {
  readonly authenticator: Authenticator;
  readonly rateLimiter: RateLimiter;
}

/**
 * Lets a request in, before its body is read: key, scope, organisation, rate, headers. A route that is no `Endpoint`
 * is denied as if it did not exist. @throws Problem Unauthenticated, ScopeMissing, NotFound, TooManyRequests, …
 */
export async function guardRequest(request: HttpRequest, gate: Gatekeepers): Promise<void> {
  const endpoint = endpointOf(request.routeOptions.config);
  if (!endpoint) throw Problem.of('NotFound', 'There is nothing here.');
  const principal = endpoint.scope === 'public' ? ANONYMOUS : await authenticated(request, gate.authenticator);
  const params = paramsOf(request);
  const organisation = params['organisation'] ?? '';
  if (endpoint.scope !== 'public') allow(principal, endpoint, organisation);
  takeRate(principal, endpoint, gate.rateLimiter);
  const writtenQuery = request.query as Readonly<Record<string, unknown>>;
  rememberCall(request, {
    requestId: request.id,
    endpoint,
    principal,
    organisation,
    params,
    query: parseQuery(endpoint, writtenQuery),
    writtenQuery,
    idempotencyKey: idempotencyKeyOf(request, endpoint),
    actor: actorOf(request),
  });
}

const endpointOf = (config: { readonly endpoint?: EndpointDefinition }): EndpointDefinition | undefined =>
  config.endpoint;

async function authenticated(request: HttpRequest, authenticator: Authenticator): Promise<Principal> {
  const match = /^Bearer +([\x21-\x7e]{1,512})$/i.exec(headerOf(request, 'authorization') ?? '');
  const principal = match?.[1] === undefined ? null : await authenticator.authenticate(match[1]);
  if (principal) return principal;
  throw Problem.of('Unauthenticated', 'Send Authorization: Bearer with a valid key.', {
    headers: { 'www-authenticate': 'Bearer realm="creditfold"' },
  });
}

// The order matters: whether another organisation exists must not show in which scope its answer names.
function allow(principal: Principal, endpoint: EndpointDefinition, organisation: string): void {
  const isForeign = organisation !== '' && principal.organisation !== null && principal.organisation !== organisation;
  if (isForeign) throw Problem.of('NotFound', 'There is nothing here.');
  if (endpoint.scope === 'public') return;
  if (!hasScope(principal, endpoint.scope)) {
    throw Problem.of('ScopeMissing', `This needs a key with the scope ${endpoint.scope}.`);
  }
  if (endpoint.isOperatorOnly === true && principal.organisation !== null) {
    throw Problem.of('ScopeMissing', "This needs an operator's key.");
  }
}

/** A path parameter that no name can be stands for nothing that exists. */
function paramsOf(request: HttpRequest): Readonly<Record<string, string>> {
  const params = request.params as Readonly<Record<string, string>>;
  for (const value of Object.values(params)) {
    if (!isName(value)) throw Problem.of('NotFound', 'There is nothing here.');
  }
  return params;
}

function takeRate(principal: Principal, endpoint: EndpointDefinition, limiter: RateLimiter): void {
  if (endpoint.scope === 'public' || endpoint.rateKind === 'ingest') return;
  chargeRate(limiter, principal, endpoint.rateKind ?? (endpoint.method === 'GET' ? 'query' : 'command'), 1);
}

/** Takes tokens of the caller's key and, where it has one, of its organisation. @throws Problem TooManyRequests */
export function chargeRate(
  limiter: RateLimiter,
  principal: Principal,
  kind: 'ingest' | 'query' | 'command',
  cost: number,
): void {
  const waits = [limiter.take(`key ${principal.keyId}`, kind, cost)];
  if (principal.organisation !== null) waits.push(limiter.take(`organisation ${principal.organisation}`, kind, cost));
  const retryAfterSeconds = Math.max(...waits);
  if (retryAfterSeconds > 0) {
    throw Problem.of('TooManyRequests', 'Slow down: the rate limit of this key is reached.', { retryAfterSeconds });
  }
}

function idempotencyKeyOf(request: HttpRequest, endpoint: EndpointDefinition): string | null {
  const key = request.headers['idempotency-key'];
  if (key === undefined) {
    if (endpoint.needsIdempotencyKey !== true) return null;
    throw Problem.of('IdempotencyKeyRequired', 'Send Idempotency-Key: repeating the request with it is safe.');
  }
  if (typeof key !== 'string' || key.length > LIMITS.idempotencyKeyCharsMax || !isName(key)) {
    throw invalidParameter(
      'Idempotency-Key',
      `Idempotency-Key is not a text of 1 to ${LIMITS.idempotencyKeyCharsMax} characters`,
    );
  }
  return key;
}

function actorOf(request: HttpRequest): string | null {
  const actor = request.headers['creditfold-actor'];
  if (actor === undefined) return null;
  // Header bytes arrive as Latin-1; people's names are sent as UTF-8.
  const text = typeof actor === 'string' ? Buffer.from(actor, 'latin1').toString('utf8') : '';
  if (!isName(text))
    throw invalidParameter(
      'Creditfold-Actor',
      `Creditfold-Actor is not a text of 1 to ${LIMITS.actorCharsMax} characters`,
    );
  return text;
}
