import { LIMITS } from '../limits.js';
import type { EndpointDefinition } from './endpoint.js';
import { itemsOf } from './issues.js';
import { Problem } from './problem.js';

/** By endpoint and parameters as JSON: the same questions come again and again, and mean the same each time. */
const known = new Map<EndpointDefinition, Map<string, unknown>>();

/** Query parameters by the endpoint's schema; unknown ones, and ones given twice, are refused. @throws Problem InvalidParameter */
export function parseQuery(endpoint: EndpointDefinition, written: Readonly<Record<string, unknown>>): unknown {
  let ofEndpoint = known.get(endpoint);
  if (ofEndpoint === undefined) known.set(endpoint, (ofEndpoint = new Map<string, unknown>()));
  const text = JSON.stringify(written);
  let query = ofEndpoint.get(text);
  if (query === undefined) {
    query = Object.freeze(parsed(endpoint, written));
    if (ofEndpoint.size >= LIMITS.queriesRememberedMax) ofEndpoint.clear();
    if (text.length <= LIMITS.queryCharsRememberedMax) ofEndpoint.set(text, query);
  }
  return query;
}

function parsed(endpoint: EndpointDefinition, query: Readonly<Record<string, unknown>>): unknown {
  const given = Object.entries(query);
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
  const parameters = endpoint.hasFilters === true ? gathered(given) : Object.fromEntries(given);
  const result = endpoint.query.safeParse(parameters, { reportInput: true });
  if (!result.success) throw refusal(itemsOf(result.error));
  return result.data;
}

function refusal(errors: ReturnType<typeof itemsOf>): Problem {
  return Problem.of('InvalidParameter', errors[0]?.detail ?? 'A parameter is not valid', { errors });
}

const FILTER = /^filter\[([^\]]{1,255})\]$/;

/** `filter[x]=` of all names in one record; a plain `filter=` stays what it is, and is refused by the schema. */
function gathered(given: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const query = new Map<string, unknown>();
  const filters = new Map<string, unknown>();
  for (const [parameter, value] of given) {
    const match = FILTER.exec(parameter);
    // A schema's record would drop this name silently; as a parameter of its own it is refused.
    if (match?.[1] === undefined || match[1] === '__proto__') query.set(parameter, value);
    else filters.set(match[1], value);
  }
  if (filters.size > 0) query.set('filter', Object.fromEntries(filters));
  return Object.fromEntries(query);
}
