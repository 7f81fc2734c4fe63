import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { formatCredits, formatQuantity } from '@app/metering';
import { startTestPostgres, type TestPostgres } from '@app/postgres/testing';
import { AccountHistory } from '../support/account-history.js';
import { withQueries } from '../support/query-world.js';

const DAY = 86_400_000;
const NOVEMBER = Date.UTC(2026, 10, 1);

let server: TestPostgres;
beforeAll(async () => {
  server = await startTestPostgres();
});
afterAll(async () => server.stop());

describe('huge sums in the read models', () => {
  it('are exact far beyond what a column of 64 bits holds, to the last nano-unit (F27)', async () => {
    await withQueries(server, async (queries, store, project) => {
      const acme = new AccountHistory('acme', NOVEMBER);
      acme.atMs = NOVEMBER + 2 * DAY;
      const huge = 10n ** 39n - 1n;
      acme.grant(2n * huge);
      const used = { meter: 'input-tokens', usageTimeMs: NOVEMBER + DAY, dimensions: { user: 'u-17' } };
      for (let n = 0; n < 2; n++) {
        acme.use([{ ...used, quantityNanos: huge, creditsNanos: huge }]);
        await store.append([acme.take()]);
      }
      await project();
      const { pools } = (await queries.balance('acme')) ?? { pools: [] };
      expect(pools).toMatchObject([{ used: formatCredits(2n * huge), balance: '1000', overdraft: '0' }]);
      const range = { fromMs: NOVEMBER, toMs: NOVEMBER + 30 * DAY };
      const sums = await queries.usage('acme', {
        ...range,
        window: 'month',
        groupBy: ['meter', 'user'],
        filter: {},
        limit: 10,
      });
      expect(sums?.items).toMatchObject([{ quantity: formatQuantity(2n * huge), credits: formatCredits(2n * huge) }]);
    });
  });
});
