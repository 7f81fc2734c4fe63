import { describe, expect, it } from '@jest/globals';
import { Cursors } from './cursor.js';
import type { CursorScope } from './cursor.js';

const cursors = new Cursors('an administrator key of enough characters');
const SCOPE: CursorScope = {
  route: '/v1/organisations/:organisation/ledger',
  organisation: 'acme',
  filters: { pool: 'credits', type: 'grant' },
};

describe('Cursors', () => {
  it('give back the position they were made from', () => {
    for (const position of ['', '812-0', 'ключ', '{"a":1}']) {
      expect(cursors.open(SCOPE, cursors.seal(SCOPE, position))).toBe(position);
    }
  });

  it('do not mind the order of filters, the page size or what is waited for', () => {
    const cursor = cursors.seal(SCOPE, '5');
    expect(
      cursors.open(
        { ...SCOPE, filters: { type: 'grant', pool: 'credits', limit: '7', next: cursor, minRevision: '9' } },
        cursor,
      ),
    ).toBe('5');
  });

  it.each<[string, Partial<CursorScope>]>([
    ['another organisation', { organisation: 'globex' }],
    ['another route', { route: '/v1/organisations/:organisation/usage' }],
    ['other filters', { filters: { pool: 'tool-runs', type: 'grant' } }],
    ['fewer filters', { filters: { pool: 'credits' } }],
  ])('are refused for %s', (_name, other) => {
    expect(() => cursors.open({ ...SCOPE, ...other }, cursors.seal(SCOPE, '5'))).toThrow('not a cursor of this list');
  });

  it('are refused with any character changed, cut or added', () => {
    const cursor = cursors.seal(SCOPE, '812-0');
    for (let i = 0; i < cursor.length; i++) {
      const other = cursor[i] === 'A' ? 'B' : 'A';
      expect(() => cursors.open(SCOPE, cursor.slice(0, i) + other + cursor.slice(i + 1))).toThrow('not a cursor');
    }
    for (const bad of ['', 'x', `${cursor}A`, `${cursor}=`, cursor.slice(1), 'A'.repeat(5_000)]) {
      expect(() => cursors.open(SCOPE, bad)).toThrow('not a cursor');
    }
  });

  it('are refused by another deployment', () => {
    expect(() => new Cursors('the key of somebody else entirely').open(SCOPE, cursors.seal(SCOPE, '5'))).toThrow(
      'not a cursor',
    );
  });
});
