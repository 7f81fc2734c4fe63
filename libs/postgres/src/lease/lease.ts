import type { Pool, PoolClient } from 'pg';
import { migrate } from '../pool/migrate.js';

export interface LeaseOptions {
  readonly name: string;
  /** Who asks, for people; two askers may have the same name. */
  readonly holder: string;
  readonly ttlMs: number;
}

/** The lease is somebody else's by now: whatever the holder was doing must not be committed. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
  readonly code = 'LeaseLost';
}

/** The row of a lease that nobody has held. No conflict target: two that ask at once meet on either unique index. */
const PREPARE = `
  insert into creditfold_leases.leases (name, holder, fence, expires_at)
  values ($1, '', 0, '-infinity') on conflict do nothing`;
const ACQUIRE = `
  update creditfold_leases.leases
  set holder = $2, fence = fence + 1, expires_at = clock_timestamp() + $3 * interval '1 millisecond'
  where name = $1 and expires_at < clock_timestamp()
  returning fence`;
const RENEW = `
  update creditfold_leases.leases set expires_at = clock_timestamp() + $3 * interval '1 millisecond'
  where name = $1 and fence = $2`;
const RELEASE = `
  update creditfold_leases.leases set expires_at = '-infinity' where name = $1 and fence = $2`;
const ASSERT = `
  select from creditfold_leases.leases where name = $1 and fence = $2 for key share`;

/**
 * The right to be the one active worker of a name, until it expires. Expiry decides when another may take over; the
 * fence decides what counts: it grows with every acquisition, and `assertHeld` refuses a holder whose number is old.
 */
export class Lease {
  private constructor(
    private readonly pool: Pool,
    private readonly options: LeaseOptions,
    readonly fence: bigint,
  ) {}

  /** The lease, or undefined while another holds it. The pool is one of `createPool`. Needs `migrateLeases` before. */
  static async acquire(pool: Pool, options: LeaseOptions): Promise<Lease | undefined> {
    await pool.query(PREPARE, [options.name]);
    const { rows } = await pool.query<{ fence: bigint }>(ACQUIRE, [options.name, options.holder, options.ttlMs]);
    const [row] = rows;
    return row === undefined ? undefined : new Lease(pool, options, row.fence);
  }

  /** Holds it for another `ttlMs`, also when it had expired and nobody took over. False when it is lost for good. */
  async renew(): Promise<boolean> {
    const { rowCount } = await this.pool.query(RENEW, [this.options.name, this.fence, this.options.ttlMs]);
    return rowCount === 1;
  }

  /** Lets another acquire it at once; nothing when it was lost already. */
  async release(): Promise<void> {
    await this.pool.query(RELEASE, [this.options.name, this.fence]);
  }

  /**
   * To be called in the transaction that must not commit without the lease: a takeover waits for that commit.
   * @throws {LeaseLost}
   */
  async assertHeld(client: PoolClient): Promise<void> {
    const { rowCount } = await client.query(ASSERT, [this.options.name, this.fence]);
    if (rowCount !== 1) throw new LeaseLost(`the lease ${this.options.name} (fence ${this.fence}) was taken over`);
  }
}

/** Makes the table of leases. @throws {SchemaTooNew} */
export async function migrateLeases(url: string): Promise<void> {
  await migrate(url, { directory: new URL('./migrations/', import.meta.url), schema: 'creditfold_leases' });
}
