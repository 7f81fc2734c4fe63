import { Lease, withTransaction } from '@app/postgres';
import type { Pool } from 'pg';
import type { Followed } from '../following/followed.js';
import { LIMITS } from '../limits.js';
import type { ExecutorRight, PaymentJournal } from '../payments/payment-journal.js';
import { followedOf, valuesOf, type FollowedRow } from './followed-sql.js';
import * as sql from './payment-sql.js';

/** The journal in Postgres, under a lease. Needs `migrateApi` and `migrateLeases` before. */
export class PostgresPaymentJournal implements PaymentJournal {
  constructor(private readonly pool: Pool) {}

  async acquire(): Promise<ExecutorRight | undefined> {
    const lease = await Lease.acquire(this.pool, {
      name: 'payments/executor',
      holder: `process ${process.pid}`,
      ttlMs: LIMITS.executorLeaseMs,
    });
    return lease && new LeasedRight(this.pool, lease);
  }
}

class LeasedRight implements ExecutorRight {
  isHeld = true;
  readonly #timer: NodeJS.Timeout;

  constructor(
    private readonly pool: Pool,
    private readonly lease: Lease,
  ) {
    this.#timer = setInterval(() => void this.#renew(), LIMITS.executorLeaseMs / 3);
    this.#timer.unref();
  }

  async followed(): Promise<Followed | undefined> {
    const { rows } = await this.pool.query<FollowedRow>(sql.FOLLOWED);
    return followedOf(rows[0]);
  }

  async saveFollowed(followed: Followed): Promise<void> {
    await withTransaction(this.pool, async (client) => {
      await this.lease.assertHeld(client);
      await client.query(sql.SAVE_FOLLOWED, valuesOf(followed));
    });
  }

  async addPaying(organisations: readonly string[]): Promise<void> {
    await this.pool.query(sql.ADD_PAYING, [organisations]);
  }

  async payingAmong(organisations: readonly string[]): Promise<readonly string[]> {
    const { rows } = await this.pool.query<{ organisation: string }>(sql.PAYING_AMONG, [organisations]);
    return rows.map(({ organisation }) => organisation);
  }

  async release(): Promise<void> {
    this.isHeld = false;
    clearInterval(this.#timer);
    // A database that is gone forgets the lease when it expires.
    await this.lease.release().catch(() => undefined);
  }

  async #renew(): Promise<void> {
    // A renewal that fails lets the lease expire: payments are idempotent, so a moment with two executors costs nothing.
    const isStillOurs = await this.lease.renew().catch(() => true);
    if (!isStillOurs) this.isHeld = false;
  }
}
