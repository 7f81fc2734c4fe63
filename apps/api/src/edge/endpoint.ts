import { applyDecorators, Delete, Get, HttpCode, Post, Put } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { z } from 'zod';
import type { Scope } from '../keys/principal.js';

/** What kind of request it is, for rate limits: each kind has a bucket of its own. */
export type RateKind = 'ingest' | 'query' | 'command';

/** Everything that the edge knows of a route: who may call it, what it takes and answers. OpenAPI is made from the same. */
export interface EndpointDefinition {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** `/v1/organisations/:organisation/grants`; `:organisation` is checked against the key's own. */
  readonly path: string;
  readonly summary: string;
  /** `public` needs no key. */
  readonly scope: Scope | 'public';
  /** Only keys that are bound to no organisation; the default for routes without `:organisation` is everybody with the scope. */
  readonly isOperatorOnly?: boolean;
  /** Unknown parameters are refused. */
  readonly query?: z.ZodObject;
  /** `filter[x]=` is taken: the schema's `filter` gets it as a record. */
  readonly hasFilters?: boolean;
  /** JSON body; absent: the request has none. */
  readonly body?: z.ZodType;
  /** The body may be left out (it is `{}` then). */
  readonly isBodyOptional?: boolean;
  /** Content types of bodies that the handler reads itself; absent: application/json. */
  readonly contentTypes?: readonly string[];
  readonly bodyBytesMax?: number;
  /** Credits or money move: `Idempotency-Key` must be sent. */
  readonly needsIdempotencyKey?: boolean;
  readonly rateKind?: RateKind;
  readonly status?: 200 | 202;
  readonly answer: z.ZodType;
  readonly answerType?: string;
}

const METHODS = { GET: Get, POST: Post, PUT: Put, DELETE: Delete } as const;

/** Makes a controller's method the handler of a route. A route without this is not served: `guardRequest` denies it. */
export function Endpoint(definition: EndpointDefinition): MethodDecorator {
  // Made strict here and once: a schema is compiled when it is first used.
  const endpoint = definition.query ? { ...definition, query: definition.query.strict() } : definition;
  return applyDecorators(
    METHODS[endpoint.method](endpoint.path),
    HttpCode(endpoint.status ?? 200),
    RouteConfig({ endpoint }),
  );
}
