import type { ApiClient } from './api-client.js';

/** Everything that the sample data and the scenarios lie in. */
const RANGE = 'from=2020-01-01T00:00:00Z&to=2030-01-01T00:00:00Z';

export interface UsageItem {
  readonly start: string;
  readonly group: Readonly<Record<string, string | null>>;
  readonly events: number;
  readonly quantity: string;
  readonly credits: string;
}

export interface PoolFigures {
  readonly pool: string;
  readonly used: string;
  readonly granted: string;
  readonly balance: string;
}

async function getJson(client: ApiClient, path: string): Promise<unknown> {
  const answer = await client.get(path);
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text.slice(0, 300)}`);
  return answer.json();
}

/** All usage of an organisation by month and these groups, every page. */
export async function usageOf(client: ApiClient, organisation: string, groupBy: string): Promise<readonly UsageItem[]> {
  const items: UsageItem[] = [];
  let next: string | null = null;
  do {
    const cursor: string = next === null ? '' : `&next=${encodeURIComponent(next)}`;
    const path = `/v1/organisations/${encodeURIComponent(organisation)}/usage?${RANGE}&window=month&groupBy=${groupBy}${cursor}`;
    const page = (await getJson(client, path)) as { items: readonly UsageItem[]; next: string | null };
    items.push(...page.items);
    next = page.next;
  } while (next !== null);
  return items;
}

/** A pool of the organisation's balance, now. */
export async function poolOf(client: ApiClient, organisation: string, pool = 'credits'): Promise<PoolFigures> {
  const path = `/v1/organisations/${encodeURIComponent(organisation)}/balance`;
  const { pools } = (await getJson(client, path)) as { readonly pools: readonly PoolFigures[] };
  const found = pools.find((each) => each.pool === pool);
  if (found === undefined) throw new Error(`${organisation} has no pool ${pool}`);
  return found;
}

/** Nano-units of a decimal string: for adding figures up exactly. */
export function nanosOf(decimal: string): bigint {
  const match = /^(-?)(\d+)(?:\.(\d{1,9}))?$/.exec(decimal);
  if (match === null) throw new Error(`not a decimal: ${decimal}`);
  const nanos = BigInt(match[2] ?? '0') * 1_000_000_000n + BigInt((match[3] ?? '').padEnd(9, '0'));
  return match[1] === '-' ? -nanos : nanos;
}
