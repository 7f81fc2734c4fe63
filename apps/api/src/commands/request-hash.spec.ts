import { describe, expect, it } from '@jest/globals';
import { requestHash } from './request-hash.js';

const PARAMS = { organisation: 'acme' };
const BODY = { pool: 'credits', amount: 5n, rollover: { min: 1n, max: 2n } };

describe('requestHash', () => {
  it('does not mind the order of fields', () => {
    expect(requestHash(PARAMS, { rollover: { max: 2n, min: 1n }, amount: 5n, pool: 'credits' })).toBe(
      requestHash(PARAMS, BODY),
    );
  });

  it.each([
    ['another amount', PARAMS, { ...BODY, amount: 6n }],
    ['another type', PARAMS, { ...BODY, amount: '5' }],
    ['one field more', PARAMS, { ...BODY, priority: 1 }],
    ['another path', { organisation: 'acme', id: 'g-1' }, BODY],
  ])('differs for %s', (_name, params, body) => {
    expect(requestHash(params, body)).not.toBe(requestHash(PARAMS, BODY));
  });
});
