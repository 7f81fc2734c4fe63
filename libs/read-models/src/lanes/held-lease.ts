import { Lease } from '@app/postgres';
import type { Pool } from 'pg';
import type { Generation } from '../generations/generation.js';
import { READ_MODEL_LIMITS } from '../limits.js';

/** The lease on a generation, renewed until it is released. Losing it shows in the next transaction's assertion. */
export class HeldLease {
  readonly #timer: NodeJS.Timeout;

  private constructor(readonly lease: Lease) {
    this.#timer = setInterval(() => {
      // A renewal that fails lets the lease expire: whoever takes over is what `assertHeld` is for.
      void lease.renew().catch(() => false);
    }, READ_MODEL_LIMITS.leaseRenewMs);
  }

  /** Undefined while another process holds it. */
  static async acquire(pool: Pool, generation: Generation): Promise<HeldLease | undefined> {
    const lease = await Lease.acquire(pool, {
      name: `read-models/${generation.schema}`,
      holder: `process ${process.pid}`,
      ttlMs: READ_MODEL_LIMITS.leaseTtlMs,
    });
    return lease === undefined ? undefined : new HeldLease(lease);
  }

  async release(): Promise<void> {
    clearInterval(this.#timer);
    // A database that is gone forgets the lease when it expires.
    await this.lease.release().catch(() => undefined);
  }
}
