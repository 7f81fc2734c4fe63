import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const FAULTS = 45;
const ROOTS = ['apps', 'libs', 'test'];

interface Row {
  readonly fault: string;
  readonly text: string;
  readonly tests: readonly { readonly path: string; readonly title: string }[];
}

const ROWS: readonly Row[] = readFileSync('docs/faults.md', 'utf8')
  .split('\n')
  .flatMap((text) => {
    const fault = /^\| (F\d+) \|/.exec(text)?.[1];
    if (fault === undefined) return [];
    const tests = Array.from(text.matchAll(/`([^`]+\.spec\.ts)`: \*([^*]+)\*/g), ([, path = '', title = '']) => ({
      path,
      title,
    }));
    return [{ fault, text, tests }];
  });

/** A spec as text, with the quotes of its titles as they are read. */
const textOf = (path: string): string => readFileSync(path, 'utf8').replaceAll(String.raw`\'`, "'");

const hasTitle = (path: string, title: string): boolean =>
  ["'", '"', '`'].some((quote) => textOf(path).includes(`${quote}${title}${quote}`));

const SPECS: readonly string[] = ROOTS.flatMap((root) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.spec.ts'))
    .map((path) => join(root, path)),
);

/** Faults that titles of tests name, in brackets at their end or before a colon. */
function faultsNamedIn(path: string): readonly string[] {
  const titles = Array.from(
    textOf(path).matchAll(/(['"`])((?:(?!\1).)*\bF\d+\b(?:(?!\1).)*)\1/g),
    ([, , title = '']) => title,
  );
  return titles.flatMap((title) => title.match(/\bF\d+\b/g) ?? []);
}

describe('docs/faults.md', () => {
  it('has every fault once, in order, with what shows it', () => {
    expect(ROWS.map(({ fault }) => fault)).toEqual(Array.from({ length: FAULTS }, (_, n) => `F${n + 1}`));
    expect(ROWS.filter(({ tests }) => tests.length === 0)).toEqual([]);
  });

  it.each(ROWS)('$fault: the tests that it names are there', ({ tests }) => {
    expect(tests.filter(({ path, title }) => !SPECS.includes(path) || !hasTitle(path, title))).toEqual([]);
  });

  it('lists every file whose titles name a fault', () => {
    const missing = SPECS.flatMap((path) =>
      faultsNamedIn(path)
        .filter((fault) => ROWS.every((row) => row.fault !== fault || !row.text.includes(`\`${path}\``)))
        .map((fault) => `${fault} of ${path}`),
    );
    expect(missing).toEqual([]);
  });
});
