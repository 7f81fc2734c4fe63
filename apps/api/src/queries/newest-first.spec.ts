import { describe, expect, it } from '@jest/globals';
import { newestFirst } from './newest-first.js';

const items = Array.from({ length: 7 }, (_, index) => ({ id: `i-${index}`, atMs: Math.floor(index / 2) }));

describe('newestFirst', () => {
  it.each([1, 2, 3, 7, 8])('gives everything once, newest first, in pages of %d', (limit) => {
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = newestFirst(items, { limit, after });
      seen.push(...page.items.map(({ id }) => id));
      after = page.next ?? undefined;
    } while (after !== undefined);
    expect(seen).toEqual(['i-6', 'i-5', 'i-4', 'i-3', 'i-2', 'i-1', 'i-0']);
  });

  it('goes on behind its mark when what it stood on has gone', () => {
    const first = newestFirst(items, { limit: 2, after: undefined });
    const left = items.filter(({ id }) => id !== 'i-5');
    expect(newestFirst(left, { limit: 1, after: first.next ?? undefined }).items[0]?.id).toBe('i-4');
  });

  it('is empty where there is nothing', () => {
    expect(newestFirst([], { limit: 5, after: undefined })).toEqual({ items: [], next: null });
  });
});
