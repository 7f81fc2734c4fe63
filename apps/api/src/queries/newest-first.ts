interface Dated {
  readonly atMs: number;
  readonly id: string;
}

export interface NewestFirst<Item> {
  readonly items: readonly Item[];
  /** Where the next page begins; null on the last one. */
  readonly next: string | null;
}

/** A page of what an account holds in memory: newest first, at one instant by id; pages stay in step as items come and go. */
export function newestFirst<Item extends Dated>(
  all: Iterable<Item>,
  { limit, after }: { readonly limit: number; readonly after: string | undefined },
): NewestFirst<Item> {
  const sorted = [...all].toSorted(compare);
  const mark = after === undefined ? undefined : (JSON.parse(after) as Dated);
  const rest = mark === undefined ? sorted : sorted.filter((item) => compare(item, mark) > 0);
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  const isLast = last === undefined || rest.length === items.length;
  return { items, next: isLast ? null : JSON.stringify({ atMs: last.atMs, id: last.id }) };
}

function compare(one: Dated, other: Dated): number {
  if (one.atMs !== other.atMs) return other.atMs - one.atMs;
  return one.id < other.id ? 1 : one.id === other.id ? 0 : -1;
}
