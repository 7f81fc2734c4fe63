import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { LIMITS } from '../limits.js';
import type { EndpointDefinition } from './endpoint.js';
import { parseQuery } from './request-query.js';
import { credits, name } from './schemas.js';

const endpointOf = (query: z.ZodObject): EndpointDefinition => ({
  method: 'GET',
  path: '/v1/things',
  summary: 'Things',
  scope: 'read',
  query: query.strict(),
  answer: z.unknown(),
});
const gates = endpointOf(z.object({ pool: name, estimate: credits.optional() }));
const texts = endpointOf(z.object({ estimate: z.string() }));

describe('the query of a request', () => {
  it('means the same each time, to each route by its own schema', () => {
    for (let time = 0; time < 3; time += 1) {
      expect(parseQuery(gates, { pool: 'credits', estimate: '1.5' })).toEqual({
        pool: 'credits',
        estimate: 1_500_000_000n,
      });
      expect(parseQuery(gates, { pool: 'credits' })).toEqual({ pool: 'credits' });
      expect(parseQuery(texts, { estimate: '1.5' })).toEqual({ estimate: '1.5' });
    }
  });

  it.each([
    ['a field that is missing', { estimate: '1' }],
    ['a value that is not taken', { pool: 'credits', estimate: 'x' }],
    ['a parameter given twice', { pool: ['credits', 'credits'] }],
    ['an unknown parameter', { pool: 'credits', color: 'red' }],
  ])('refuses %s however often it comes, and after one that is taken', (_what, query) => {
    for (let time = 0; time < 3; time += 1) {
      parseQuery(gates, { pool: 'credits' });
      expect(() => parseQuery(gates, query)).toThrow(expect.objectContaining({ name: 'Problem' }));
    }
  });

  it('takes more different queries than it remembers', () => {
    for (let nth = 0; nth <= 2 * LIMITS.queriesRememberedMax; nth += 1)
      expect(parseQuery(texts, { estimate: String(nth) })).toEqual({ estimate: String(nth) });
    const long = 'x'.repeat(LIMITS.queryCharsRememberedMax);
    expect(parseQuery(texts, { estimate: long })).toEqual({ estimate: long });
  });

  it('cannot be changed for whoever asks next', () => {
    expect(parseQuery(texts, { estimate: '1' })).toBe(parseQuery(texts, { estimate: '1' }));
    expect(Object.isFrozen(parseQuery(texts, { estimate: '1' }))).toBe(true);
  });
});
