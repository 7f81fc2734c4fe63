import { z } from 'zod';
import type { Call } from '../edge/call.js';
import type { Cursors } from '../edge/cursor.js';
import { Problem } from '../edge/problem.js';
import { LIMITS } from '../limits.js';

/** A page as the read models give it: `next` is their own mark, which only leaves here sealed. */
export interface Paged {
  readonly next: string | null;
}

export interface PageAsked {
  readonly limit?: number | undefined;
  readonly next?: string | undefined;
}

const scopeOf = (call: Call) => ({
  route: call.endpoint.path,
  organisation: call.organisation,
  filters: call.writtenQuery,
});

/** What the read models are asked for. @throws Problem InvalidCursor */
export function pageRequest(call: Call, cursors: Cursors, { limit, next }: PageAsked) {
  return {
    limit: limit ?? LIMITS.pageItemsDefault,
    after: next === undefined ? undefined : cursors.open(scopeOf(call), next),
  };
}

/** The page with its mark sealed for this list. */
export const sealed = <Page extends Paged>(call: Call, cursors: Cursors, page: Page): Page => ({
  ...page,
  next: page.next === null ? null : cursors.seal(scopeOf(call), page.next),
});

/** A page of a list that every answer makes whole, in that list's order; its mark is the number of items before it. */
export function pageOf<Item>(call: Call, cursors: Cursors, { asked, items }: WholeList<Item>): ListPage<Item> {
  const { limit, after = '0' } = pageRequest(call, cursors, asked);
  const from = Number(after);
  const to = from + limit;
  return sealed(call, cursors, { items: items.slice(from, to), next: to < items.length ? String(to) : null });
}

interface WholeList<Item> {
  readonly asked: PageAsked;
  readonly items: readonly Item[];
}

interface ListPage<Item> extends Paged {
  readonly items: Item[];
}

/** @throws Problem NotFound for what does not exist */
export function found<Answer>(answer: Answer | undefined): Answer {
  if (answer === undefined) throw Problem.of('NotFound', 'There is nothing here.');
  return answer;
}

/** Lists are shown as the read models give them: their shapes are the contract's. */
export const listAnswer = z.looseObject({ items: z.array(z.looseObject({})), next: z.string().nullable() });
