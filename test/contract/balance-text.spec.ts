import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestPostgres, type TestPostgres } from '@app/postgres/testing';
import { AccountHistory } from '../support/account-history.js';
import { line, withQueries } from '../support/query-world.js';

const NOVEMBER = Date.UTC(2026, 10, 1);

let server: TestPostgres;
beforeAll(async () => {
  server = await startTestPostgres();
});
afterAll(async () => server.stop());

describe('the balance as text', () => {
  it('says what the balance says, whatever was asked before', async () => {
    await withQueries(server, async (queries, store, project) => {
      const same = async (organisation: string): Promise<void> =>
        expect(await queries.balanceText(organisation)).toBe(JSON.stringify(await queries.balance(organisation)));
      const acme = new AccountHistory('acme', NOVEMBER);
      const odd = new AccountHistory('odd ","asOf":{} \\ é', NOVEMBER);
      await store.append([acme.take(), odd.take()]);
      await project();
      await same('acme');
      await same('acme');
      await same('odd ","asOf":{} \\ é');
      // The other account moves the position, and not the revision.
      odd.use([line(NOVEMBER, 1, {})]);
      await store.append([odd.take()]);
      await project();
      await same('acme');
      acme.use([line(NOVEMBER, 2.5, {})]);
      await store.append([acme.take()]);
      await project();
      await same('acme');
      expect(await queries.balanceText('nobody')).toBeUndefined();
    });
  });
});
