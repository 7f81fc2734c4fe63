import { createHash } from 'node:crypto';

/** SHA-256 (hex) of what was asked: path parameters and the body as it was understood, in whatever order it was written. */
export function requestHash(params: Readonly<Record<string, string>>, body: unknown): string {
  return createHash('sha256')
    .update(canonical([params, body]), 'utf8')
    .digest('hex');
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => {
    if (typeof each === 'bigint') return `${each}n`;
    if (typeof each !== 'object' || each === null || Array.isArray(each)) return each;
    return Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}
