import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatCredits, formatQuantity } from '@app/metering';
import { startTestPostgres, type TestPostgres } from '@app/postgres/testing';
import { AccountHistory } from '../support/account-history.js';
import { FeedHistory } from '../support/feed-history.js';
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

describe('queries', () => {
  it('answers in the shapes of the contract', async () => {
    await withQueries(server, async (queries, store, project) => {
      const acme = new AccountHistory('acme', NOVEMBER);
      acme.atMs = NOVEMBER + 2 * DAY;
      acme.use([
        line(NOVEMBER + DAY, 10, { project: 'search', user: 'u-17', model: 'large' }),
        line(NOVEMBER + DAY + HOUR, 2.5, { project: 'search', model: 'large' }),
      ]);
      await store.append([acme.take()]);
      await project();
      const asOf = { revision: '2', position: '3', ledgerTime: '2026-11-03T00:00:00Z' };
      const cycle = { start: '2026-11-01T00:00:00Z', end: '2026-12-01T00:00:00Z' };
      const figures = { opening: '0', granted: '1000', refunded: '0', adjusted: '0', used: '12.5', expired: '0' };
      expect(await queries.balance('acme')).toEqual({
        organisation: 'acme',
        plan: 'pro',
        state: 'active',
        asOf,
        pools: [
          {
            pool: 'credits',
            ...figures,
            balance: '987.5',
            held: '0',
            available: '987.5',
            overdraft: '0',
            negativeLimit: '0',
            status: 'green',
            percentUsed: '1.25',
            cycle,
            resetAt: cycle.end,
            grants: [
              {
                id: 'g-0',
                source: 'plan',
                priority: 10,
                amount: '1000',
                remaining: '987.5',
                effectiveAt: cycle.start,
                expiresAt: cycle.end,
              },
            ],
          },
        ],
      });
      expect(await queries.ledger('acme', { limit: 1 })).toEqual({
        organisation: 'acme',
        asOf,
        next: expect.any(String),
        items: [
          {
            id: '2-0',
            type: 'deduction',
            pool: 'credits',
            amount: '-12.5',
            balanceAfter: '987.5',
            at: '2026-11-03T00:00:00Z',
            recordedAt: '2026-11-01T00:00:00Z',
            actor: null,
            reason: null,
            cause: 'charged',
            cycle: { start: cycle.start },
            grant: 'g-0',
            resource: { project: 'search', session: null },
            revision: '2',
            lines: [{ meter: 'input-tokens', events: 2, quantity: '25000', credits: '12.5' }],
          },
        ],
      });
      expect(
        await queries.usage('acme', {
          fromMs: NOVEMBER,
          toMs: NOVEMBER + 3 * DAY,
          window: 'day',
          groupBy: ['meter', 'model'],
          filter: { user: '' },
          limit: 50,
        }),
      ).toEqual({
        organisation: 'acme',
        asOf,
        from: '2026-11-01T00:00:00Z',
        to: '2026-11-04T00:00:00Z',
        window: 'day',
        groupBy: ['meter', 'model'],
        next: null,
        items: [
          {
            start: '2026-11-02T00:00:00Z',
            end: '2026-11-03T00:00:00Z',
            group: { meter: 'input-tokens', model: 'large' },
            events: 1,
            quantity: '5000',
            credits: '2.5',
          },
        ],
      });
      expect(
        await queries.topConsumers('acme', {
          by: 'user',
          fromMs: NOVEMBER + DAY + HOUR,
          toMs: NOVEMBER + DAY + 2 * HOUR,
          order: 'credits',
          limit: 10,
        }),
      ).toEqual({
        by: 'user',
        from: '2026-11-02T01:00:00Z',
        to: '2026-11-02T02:00:00Z',
        asOf,
        total: { credits: '2.5', events: 1 },
        next: null,
        items: [
          {
            rank: 1,
            value: null,
            credits: '2.5',
            events: 1,
            share: '1.0000',
            previous: { credits: '0' },
            change: null,
          },
        ],
      });
      const none = { events: 0, quantity: '0', credits: '0' };
      expect(await queries.monthlySummaries('acme', { limit: 50, year: 2026, month: 11 })).toEqual({
        organisation: 'acme',
        asOf,
        next: null,
        items: [
          {
            year: 2026,
            month: 11,
            cycle,
            closed: false,
            pools: [{ pool: 'credits', ...figures, closing: '987.5' }],
            meters: [
              {
                meter: 'input-tokens',
                pool: 'credits',
                events: 2,
                quantity: '25000',
                credits: '12.5',
                late: none,
                adjusted: none,
                adjustedFromEarlier: none,
              },
            ],
          },
        ],
      });
      expect(await queries.lag()).toEqual([
        { name: 'accounts', position: '3', behind: 0 },
        { name: 'usage', position: '3', behind: 0 },
      ]);
      expect(await queries.balance('nobody')).toBeUndefined();
    });
  });

  it('shows late usage in its own month and adjusted usage in both', async () => {
    await withQueries(server, async (queries, store, project) => {
      const acme = new AccountHistory('acme', NOVEMBER);
      acme.endCycle();
      acme.use([line(NOVEMBER + DAY, 1, {})]);
      acme.closeCycle();
      acme.use([line(NOVEMBER + DAY, 3, {}), line(NOVEMBER + 31 * DAY, 5, {})]);
      await store.append([acme.take()]);
      await project();
      const months = await queries.monthlySummaries('acme', { limit: 50 });
      expect(months?.items.map(({ month, closed, meters }) => [month, closed, meters[0]])).toMatchObject([
        [
          12,
          false,
          {
            credits: '5',
            late: { events: 0 },
            adjusted: { events: 0 },
            adjustedFromEarlier: { events: 1, credits: '3' },
          },
        ],
        [
          11,
          true,
          {
            credits: '1',
            late: { events: 1, credits: '1' },
            adjusted: { events: 1, credits: '3' },
            adjustedFromEarlier: { events: 0 },
          },
        ],
      ]);
      const used = months?.items.map(({ pools }) => pools[0]?.used);
      expect(used).toEqual(['8', '1']);
      const [entry] = (await queries.ledger('acme', { limit: 5, type: 'deduction' }))?.items ?? [];
      expect(entry?.cause).toBe('charged');
    });
  });

  it('restricts entries to a project, and pages through everything without gap or repetition', async () => {
    await withQueries(server, async (queries, store, project) => {
      const acme = new AccountHistory('acme', NOVEMBER);
      for (let nth = 1; nth <= 7; nth++)
        acme.use([line(NOVEMBER, nth, { project: 'a\0b' }), line(NOVEMBER, 1, { project: 'other' })]);
      await store.append([acme.take()]);
      await project();
      const amounts: string[] = [];
      let after: string | undefined;
      do {
        const page = await queries.ledger('acme', { limit: 3, project: 'a\0b', after });
        expect(page?.items.every(({ balanceAfter }) => balanceAfter === null)).toBe(true);
        amounts.push(...(page?.items.map(({ amount }) => amount) ?? []));
        after = page?.next ?? undefined;
      } while (after !== undefined);
      expect(amounts).toEqual(['-7', '-6', '-5', '-4', '-3', '-2', '-1']);
      await expect(queries.ledger('acme', { limit: 3, after: '["x","y"]' })).rejects.toMatchObject({
        code: 'UnknownCursor',
      });
    });
  });

  it('lists organisations, quarantine and due accounts', async () => {
    await withQueries(server, async (queries, store, project) => {
      for (const name of ['first', 'second']) {
        const account = new AccountHistory(name, NOVEMBER);
        if (name === 'first') account.use([line(NOVEMBER, 1000, {})]);
        account.quarantine('TooOld', 'of 2001');
        await store.append([account.take()]);
      }
      const feed = new FeedHistory();
      const id = await feed.quarantine(store, 5n, null, 'nul \0');
      await feed.requeue(store, id);
      await project();
      const names = async (request: { status?: string; plan?: string }) =>
        (await queries.organisations({ limit: 10, ...request })).items.map(({ organisation }) => organisation);
      expect(await names({})).toEqual(['second', 'first']);
      expect(await names({ status: 'exhausted' })).toEqual(['first']);
      expect(await names({ plan: 'free' })).toEqual([]);
      const all = await queries.quarantine({ limit: 10 });
      expect(all.items.map(({ organisation, reason }) => [organisation, reason])).toEqual([
        [null, 'UnknownOrganisation'],
        ['second', 'TooOld'],
        ['first', 'TooOld'],
      ]);
      expect(await queries.quarantinedRecord(id)).toMatchObject({
        id,
        detail: 'nul \0',
        payload: 'e30=',
        requeuedBy: 'kim',
        record: { topic: 'usage.v1', partition: 0, offset: '5' },
      });
      const due = { markMs: NOVEMBER + 40 * DAY, graceMs: HOUR, partitions: 1, partition: 0, limit: 1 };
      const [first] = await queries.dueAccounts(due);
      expect(first).toEqual({ organisation: 'first', dueMs: NOVEMBER + 30 * DAY });
      expect(await queries.dueAccounts({ ...due, ...(first === undefined ? {} : { after: first }) })).toMatchObject([
        { organisation: 'second' },
      ]);
    });
  });

  it('finds accounts that wait for their closing by the grace that is asked for', async () => {
    await withQueries(server, async (queries, store, project) => {
      const acme = new AccountHistory('acme', NOVEMBER);
      acme.endCycle();
      await store.append([acme.take()]);
      await project();
      const endMs = NOVEMBER + 30 * DAY;
      const dueAt = async (markMs: number, graceMs: number) =>
        (await queries.dueAccounts({ markMs, graceMs, partitions: 1, partition: 0, limit: 5 })).map(
          ({ dueMs }) => dueMs,
        );
      expect(await dueAt(endMs + HOUR / 2, HOUR)).toEqual([]);
      expect(await dueAt(endMs + HOUR, HOUR)).toEqual([endMs + HOUR]);
      expect(await dueAt(endMs + HOUR / 2, HOUR / 4)).toEqual([endMs + HOUR / 4]);
    });
  });

  it('usage and top consumers agree with adding up the lines one by one, in any windows and pages', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.constantFrom('hour', 'day', 'month', null),
        fc.nat(60),
        async (seed, window, hours) => {
          await withQueries(server, async (queries, store, project) => {
            const random = randomOf(seed);
            const acme = new AccountHistory('acme', NOVEMBER);
            const lines = Array.from({ length: 120 }, () =>
              line(
                NOVEMBER + Math.floor(random() * 4 * DAY),
                Math.floor(random() * 1000) / 8,
                Object.fromEntries(
                  [
                    ['user', `u-${Math.floor(random() * 4)}`],
                    ['model', ['large', 'small'][Math.floor(random() * 2)] ?? ''],
                  ].filter(() => random() < 0.8),
                ),
                ['traces', 'input-tokens'][Math.floor(random() * 2)],
              ),
            );
            acme.atMs = NOVEMBER + 5 * DAY;
            for (let at = 0; at < lines.length; at += 30) acme.use(lines.slice(at, at + 30));
            await store.append([acme.take()]);
            await project();
            const range = { fromMs: NOVEMBER + hours * HOUR, toMs: NOVEMBER + 80 * HOUR };
            const wanted = lines.filter(
              ({ usageTimeMs: ms, dimensions }) =>
                ms >= range.fromMs && ms < range.toMs && dimensions['model'] === 'large',
            );
            const sizeMs = window === 'hour' ? HOUR : window === 'day' ? DAY : undefined;
            const expected = new Map<string, bigint>();
            for (const { usageTimeMs, meter, dimensions, creditsNanos } of wanted) {
              const start =
                sizeMs === undefined ? range.fromMs : Math.max(range.fromMs, Math.floor(usageTimeMs / sizeMs) * sizeMs);
              const key = JSON.stringify([start, meter, dimensions['user'] ?? null]);
              expected.set(key, (expected.get(key) ?? 0n) + creditsNanos);
            }
            const found = new Map<string, string>();
            let after: string | undefined;
            do {
              const request = {
                ...range,
                window,
                groupBy: ['meter', 'user'],
                filter: { model: 'large' },
                limit: 7,
                after,
              };
              const page = await queries.usage('acme', request);
              for (const { start, group, credits: sum } of page?.items ?? [])
                found.set(JSON.stringify([Date.parse(start), group['meter'], group['user']]), sum);
              after = page?.next ?? undefined;
            } while (after !== undefined);
            expect(Object.fromEntries(found)).toEqual(
              Object.fromEntries([...expected].map(([key, sum]) => [key, formatCredits(sum)])),
            );
            const inRange = lines.filter(
              ({ usageTimeMs: ms, meter }) => ms >= range.fromMs && ms < range.toMs && meter === 'traces',
            );
            const byUser = new Map<string | null, bigint>();
            for (const { dimensions, quantityNanos } of inRange)
              byUser.set(dimensions['user'] ?? null, (byUser.get(dimensions['user'] ?? null) ?? 0n) + quantityNanos);
            const top = await queries.topConsumers('acme', {
              by: 'user',
              meter: 'traces',
              order: 'quantity',
              limit: 10,
              ...range,
            });
            expect(new Map(top?.items.map(({ value, quantity }) => [value, quantity]))).toEqual(
              new Map([...byUser].map(([value, sum]) => [value, formatQuantity(sum)])),
            );
            const everybody = await queries.topConsumersByOrganisation({
              order: 'credits',
              limit: 10,
              meter: 'traces',
              ...range,
            });
            expect(everybody.total.credits).toBe(
              formatCredits(inRange.reduce((sum, one) => sum + one.creditsNanos, 0n)),
            );
          });
        },
      ),
      { numRuns: 8 },
    );
  });
});
