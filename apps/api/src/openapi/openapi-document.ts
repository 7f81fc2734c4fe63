import { z } from 'zod';
import type { EndpointDefinition } from '../edge/endpoint.js';

type Json = Readonly<Record<string, unknown>>;

const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string(),
    errors: z
      .array(
        z.object({ index: z.int().optional(), pointer: z.string().optional(), code: z.string(), detail: z.string() }),
      )
      .optional(),
    requestId: z.string().optional(),
  })
  .meta({ description: 'RFC 9457' });

/** OpenAPI 3.1 of these endpoints. */
export function openApiDocument(endpoints: readonly EndpointDefinition[]): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const endpoint of endpoints) {
    const path = endpoint.path.replaceAll(/:(\w+)/g, '{$1}');
    (paths[path] ??= {})[endpoint.method.toLowerCase()] = operationOf(endpoint);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Creditfold', version: 'v1', description: 'Usage events in, exact credits out.' },
    paths,
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer' } },
      schemas: { Problem: schemaOf(problem, 'output') },
    },
  };
}

function operationOf(endpoint: EndpointDefinition): Json {
  const isPublic = endpoint.scope === 'public';
  return {
    summary: endpoint.summary,
    operationId: operationIdOf(endpoint),
    ...(isPublic ? { security: [] } : { security: [{ key: [] }], 'x-scope': endpoint.scope }),
    parameters: [...pathParameters(endpoint), ...queryParameters(endpoint), ...headerParameters(endpoint)],
    ...(endpoint.body ? { requestBody: requestBodyOf(endpoint, endpoint.body) } : {}),
    responses: {
      [String(endpoint.status ?? 200)]: {
        description: 'Done',
        content: { [endpoint.answerType ?? 'application/json']: { schema: schemaOf(endpoint.answer, 'output') } },
      },
      default: {
        description: 'Refused, by the status and code of the problem',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

const operationIdOf = ({ method, path }: EndpointDefinition): string =>
  `${method.toLowerCase()}${path.replaceAll(/[^A-Za-z0-9]+(\w?)/g, (_, letter: string) => letter.toUpperCase())}`;

function requestBodyOf(endpoint: EndpointDefinition, body: z.ZodType): Json {
  const schema = schemaOf(body, 'input');
  const types = endpoint.contentTypes ?? ['application/json'];
  return {
    required: endpoint.isBodyOptional !== true,
    content: Object.fromEntries(types.map((type) => [type, { schema }])),
  };
}

const pathParameters = ({ path }: EndpointDefinition): Json[] =>
  [...path.matchAll(/:(\w+)/g)].map((match) => ({
    name: match[1],
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));

function queryParameters({ query }: EndpointDefinition): Json[] {
  if (!query) return [];
  const schema = schemaOf(query, 'input') as { properties?: Record<string, Json>; required?: string[] };
  return Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    in: 'query',
    required: schema.required?.includes(name) ?? false,
    schema: property,
  }));
}

function headerParameters(endpoint: EndpointDefinition): Json[] {
  if (endpoint.method === 'GET') return [];
  const text = { type: 'string', minLength: 1, maxLength: 255 };
  const key = { name: 'Idempotency-Key', in: 'header', required: endpoint.needsIdempotencyKey === true, schema: text };
  return endpoint.scope === 'ingest'
    ? []
    : [key, { name: 'Creditfold-Actor', in: 'header', required: false, schema: text }];
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any', target: 'draft-2020-12' });
  return json;
}
