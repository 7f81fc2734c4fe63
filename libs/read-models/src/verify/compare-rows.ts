import { compareKeys } from '../compare-keys.js';
import type { ComparedField, ComparedRow } from './row-stream.js';

/** One value that is not what the streams say. A row that only one side has differs in the field `row`. */
export interface Difference {
  readonly lane: string;
  readonly table: string;
  readonly key: Readonly<Record<string, string>>;
  readonly field: string;
  readonly stored: string | null;
  readonly recomputed: string | null;
}

interface Compared {
  readonly lane: string;
  readonly table: string;
  readonly keys: readonly string[];
  readonly fields: readonly string[];
}

/** Merges two ordered streams of rows and calls `onDifference` where they differ; it answers false to stop. */
export async function compareRows(
  compared: Compared,
  stored: AsyncGenerator<ComparedRow>,
  recomputed: AsyncGenerator<ComparedRow>,
  onDifference: (difference: Difference) => boolean,
): Promise<void> {
  try {
    let left = await next(stored);
    let right = await next(recomputed);
    while (left !== undefined || right !== undefined) {
      const order = orderOf(left, right);
      for (const difference of differencesOf(compared, order <= 0 ? left : undefined, order >= 0 ? right : undefined))
        if (!onDifference(difference)) return;
      if (order <= 0) left = await next(stored);
      if (order >= 0) right = await next(recomputed);
    }
  } finally {
    await stored.return(undefined);
    await recomputed.return(undefined);
  }
}

async function next(rows: AsyncGenerator<ComparedRow>): Promise<ComparedRow | undefined> {
  const { value, done } = await rows.next();
  return done === true ? undefined : value;
}

function orderOf(left: ComparedRow | undefined, right: ComparedRow | undefined): number {
  if (left === undefined) return 1;
  if (right === undefined) return -1;
  return compareKeys(left.keys, right.keys);
}

function* differencesOf(
  { lane, table, keys, fields }: Compared,
  stored: ComparedRow | undefined,
  recomputed: ComparedRow | undefined,
): Generator<Difference> {
  const names = (stored ?? recomputed)?.names ?? [];
  const key = Object.fromEntries(keys.map((name, index) => [name, names[index] ?? '']));
  if (stored === undefined || recomputed === undefined) {
    yield { lane, table, key, field: 'row', stored: shownRow(stored), recomputed: shownRow(recomputed) };
    return;
  }
  for (const [index, field] of fields.entries()) {
    const one = stored.fields[index] ?? null;
    const other = recomputed.fields[index] ?? null;
    if (!isSame(one, other)) yield { lane, table, key, field, stored: shown(one), recomputed: shown(other) };
  }
}

const isContent = (field: ComparedField) => field !== null && typeof field === 'object';

const isSame = (one: ComparedField, other: ComparedField): boolean =>
  isContent(one) ? one.isSame(other) : one === other;

const shown = (field: ComparedField): string | null => (isContent(field) ? field.toString() : field);

function shownRow(row: ComparedRow | undefined): string | null {
  return row === undefined ? null : JSON.stringify(row.fields.map(shown));
}
