import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPool, Lease, LeaseLost, migrateLeases, withTransaction } from '@app/postgres';
import { startTestPostgres } from '@app/postgres/testing';
import type { TestPostgres } from '@app/postgres/testing';

let server: TestPostgres;
let pool: ReturnType<typeof createPool>;
beforeAll(async () => {
  server = await startTestPostgres();
  await migrateLeases(server.url);
  pool = createPool(server.url, { applicationName: 'test', max: 5 });
});
afterAll(async () => {
  await pool.end();
  await server.stop();
});

const ask = async (name: string, holder: string, ttlMs: number): Promise<Lease | undefined> =>
  Lease.acquire(pool, { name, holder, ttlMs });

async function mustAsk(name: string, holder: string, ttlMs: number): Promise<Lease> {
  const lease = await ask(name, holder, ttlMs);
  if (lease === undefined) throw new Error(`${holder} did not get ${name}`);
  return lease;
}

describe('a lease', () => {
  it('has one holder, however many ask at once for one that nobody has held yet', async () => {
    for (let round = 0; round < 20; round += 1) {
      const asked = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((holder) => ask(`new-${round}`, holder, 60_000)));
      expect(asked.filter((lease) => lease !== undefined)).toHaveLength(1);
    }
  });

  it('goes to the next one after a release', async () => {
    const held = await mustAsk('one', 'a', 60_000);
    expect(await ask('one', 'b', 60_000)).toBeUndefined();
    await held.release();
    expect((await mustAsk('one', 'e', 60_000)).fence).toBe(2n);
    expect(await held.renew()).toBe(false);
  });

  it('stays with a holder that renews', async () => {
    const ttlMs = 60_000;
    const lease = await mustAsk('renewed', 'a', ttlMs);
    for (let round = 0; round < 5; round += 1) {
      // As if two thirds of it had gone by: without the renewals it would be over in the second round.
      await pool.query(
        `update creditfold_leases.leases set expires_at = expires_at - $1 * interval '1 millisecond' where name = 'renewed'`,
        [(ttlMs * 2) / 3],
      );
      expect(await lease.renew()).toBe(true);
      expect(await ask('renewed', 'b', ttlMs)).toBeUndefined();
    }
  });

  it('goes to another after its expiry; the stale holder changes nothing', async () => {
    const stale = await mustAsk('taken', 'a', 50);
    await sleep(100);
    const lease = await mustAsk('taken', 'b', 60_000);
    expect(lease.fence).toBeGreaterThan(stale.fence);
    expect(await stale.renew()).toBe(false);
    await pool.query('create table works (who text)');
    const work = async (who: string, with_: Lease): Promise<void> =>
      withTransaction(pool, async (client) => {
        await client.query('insert into works values ($1)', [who]);
        await with_.assertHeld(client);
      });
    await expect(work('a', stale)).rejects.toBeInstanceOf(LeaseLost);
    await work('b', lease);
    await stale.release();
    await work('b', lease);
    expect((await pool.query('select who from works')).rows).toEqual([{ who: 'b' }, { who: 'b' }]);
  });

  it('is not taken over before a transaction that asserted it has ended; renewing does not wait', async () => {
    const lease = await mustAsk('busy', 'a', 50);
    const order: string[] = [];
    let taking: Promise<void> = Promise.resolve();
    await withTransaction(pool, async (client) => {
      await lease.assertHeld(client);
      expect(await lease.renew()).toBe(true);
      await sleep(100);
      taking = mustAsk('busy', 'b', 60_000).then(() => void order.push('taken'));
      await sleep(200);
      order.push('committing');
    });
    await taking;
    expect(order).toEqual(['committing', 'taken']);
  });
});
