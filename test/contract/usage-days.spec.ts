import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatCredits, parseCredits } from '@app/metering';
import { startTestPostgres, type TestPostgres } from '@app/postgres/testing';
import type { MemoryEventStore } from '@app/event-store';
import type { Queries, UsageItem, UsageRequest } from '@app/read-models';
import { AccountHistory } from '../support/account-history.js';
import { randomOf } from '../support/random-history.js';
import { line, withQueries } from '../support/query-world.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOVEMBER = Date.UTC(2026, 10, 1);

let server: TestPostgres;
beforeAll(async () => {
  server = await startTestPostgres();
});
afterAll(async () => server.stop());

/** What daily sums can answer: one dimension at most, and meters. */
const QUESTIONS: readonly (readonly [groupBy: readonly string[], filter: Record<string, string>])[] = [
  [[], {}],
  [['meter'], {}],
  [['user'], {}],
  [['model', 'meter'], {}],
  [['user'], { user: '' }],
  [['session'], {}],
  [[], { user: '' }],
  [['meter'], { user: 'v' }],
  [[], { meter: 'input-tokens' }],
  [['meter', 'session'], { meter: 'traces' }],
  [[], { session: 'none' }],
];

const shown = ({ start, end, group, events, quantity, credits: sum }: UsageItem) =>
  [start, end, JSON.stringify(group), events, quantity, sum].join(' ');

const add = (one: string, other = '0'): string =>
  formatCredits((parseCredits(one) ?? 0n) + (parseCredits(other) ?? 0n));

/** Items added up by fewer dimensions, in the order of the answer. */
function mergedBy(groupBy: readonly string[], items: readonly UsageItem[]): UsageItem[] {
  const merged = new Map<string, UsageItem>();
  for (const item of items) {
    const group = Object.fromEntries(groupBy.map((name) => [name, item.group[name] ?? null]));
    const key = `${item.start} ${JSON.stringify(Object.values(group))}`;
    const known = merged.get(key);
    merged.set(key, {
      ...item,
      group,
      events: item.events + (known?.events ?? 0),
      quantity: add(item.quantity, known?.quantity),
      credits: add(item.credits, known?.credits),
    });
  }
  return [...merged].toSorted(([one], [other]) => order(one, other)).map(([, item]) => item);
}

/** Windows newest first, the groups of one by name. */
function order(one: string, other: string): number {
  const start = one.slice(0, 20);
  const otherStart = other.slice(0, 20);
  if (start !== otherStart) return start < otherStart ? 1 : -1;
  return one < other ? -1 : 1;
}

describe('daily sums', () => {
  it('usage from daily sums is the usage from segments, in any windows and pages', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.nat(60),
        fc.nat(70 * 24),
        fc.boolean(),
        async (seed, fromHour, hours, isSummed) => {
          // Sums by one dimension are stored, or made by each question.
          const limits = isSummed ? { sumsRowsMin: 0 } : {};
          const compare = async (
            queries: Queries,
            store: MemoryEventStore,
            project: () => Promise<void>,
          ): Promise<void> => {
            const random = randomOf(seed);
            const acme = new AccountHistory('acme', NOVEMBER);
            acme.atMs = NOVEMBER + 80 * DAY;
            const lines = Array.from({ length: 150 }, (_, nth) => {
              const dimensions: Record<string, string> = {
                ...(random() < 0.8 && { user: ['u\0', 'v', 'w'][Math.floor(random() * 3)] ?? '' }),
                ...(random() < 0.8 && { model: random() < 0.5 ? 'large' : 'small' }),
              };
              const usage = line(NOVEMBER + Math.floor(random() * 75 * DAY), Math.floor(random() * 9) / 8, dimensions);
              return [
                { ...usage, meter: 'traces' },
                ...(nth % 3 === 0 ? [{ ...usage, meter: 'input-tokens', isFurther: true }] : []),
              ];
            });
            for (let at = 0; at < lines.length; at += 40) acme.use(lines.slice(at, at + 40).flat());
            await store.append([acme.take()]);
            await project();
            const fromMs = NOVEMBER + fromHour * HOUR;
            const range = { fromMs, toMs: fromMs + (hours + 1) * HOUR };
            const usage = async (request: Pick<UsageRequest, 'window' | 'groupBy' | 'filter'>) => {
              const items: UsageItem[] = [];
              let after: string | undefined;
              do {
                const page = await queries.usage('acme', { ...range, ...request, limit: 11, after });
                items.push(...(page?.items ?? []));
                after = page?.next ?? undefined;
              } while (after !== undefined);
              return items;
            };
            for (const window of ['day', 'month', null] as const)
              for (const [groupBy, filter] of QUESTIONS) {
                const fromDays = await usage({ window, groupBy, filter });
                // One more dimension than daily sums have: these come from segments.
                const others = ['user', 'model'].filter((name) => !groupBy.includes(name));
                const fine = await usage({ window, groupBy: [...groupBy, ...others], filter });
                expect(fromDays.map(shown)).toEqual(mergedBy(groupBy, fine).map(shown));
              }
          };
          await withQueries(server, compare, limits);
        },
      ),
      { numRuns: 6 },
    );
  });
});
