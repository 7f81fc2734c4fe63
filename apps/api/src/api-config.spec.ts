import { describe, expect, it } from '@jest/globals';
import { apiConfigFrom } from './api-config.js';

const CREDITFOLD_ADMIN_KEY = 'x'.repeat(32);

describe('apiConfigFrom', () => {
  it('has defaults for all but the administrator key', () => {
    expect(apiConfigFrom({ CREDITFOLD_ADMIN_KEY })).toMatchObject({ host: '127.0.0.1', port: 3000, topic: 'usage.v1' });
  });

  it.each([
    ['no key', {}, 'CREDITFOLD_ADMIN_KEY'],
    ['a short key', { CREDITFOLD_ADMIN_KEY: 'x'.repeat(31) }, 'CREDITFOLD_ADMIN_KEY'],
    ['a port in words', { CREDITFOLD_ADMIN_KEY, PORT: 'http' }, 'PORT'],
    ['a port too high', { CREDITFOLD_ADMIN_KEY, PORT: '65536' }, 'PORT'],
    ['a negative port', { CREDITFOLD_ADMIN_KEY, PORT: '-1' }, 'PORT'],
  ])('refuses %s', (_name, env, setting) => {
    expect(() => apiConfigFrom(env)).toThrow(setting);
  });
});
