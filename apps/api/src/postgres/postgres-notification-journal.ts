import type { Notification } from '@app/notifications';
import { Lease, withTransaction } from '@app/postgres';
import type { Pool } from 'pg';
import type { Followed, SeenEvent } from '../following/followed.js';
import { LIMITS } from '../limits.js';
import type {
  DeliveryResult,
  DispatcherRight,
  DueDelivery,
  ListedDelivery,
  ListedNotification,
  MadeNotification,
  NotificationJournal,
} from '../notifications/notification-journal.js';
import { followedOf, valuesOf, type FollowedRow } from './followed-sql.js';
import * as sql from './notification-sql.js';

interface NotificationRow extends Omit<Notification, 'text' | 'organisation'> {
  readonly content: string;
}
interface ListRow extends NotificationRow {
  readonly sequence: bigint;
  readonly revision: bigint;
  readonly cause: Record<string, unknown>;
  readonly deliveries: readonly ListedDelivery[];
}
interface DueRow extends NotificationRow {
  readonly notification: bigint;
  readonly organisation: string;
  readonly channel: string;
  readonly attempts: number;
  readonly made_at_ms: string;
}

/** The outbox in Postgres, under a lease. Needs `migrateApi` and `migrateLeases` before. */
export class PostgresNotificationJournal implements NotificationJournal {
  constructor(private readonly pool: Pool) {}

  async acquire(): Promise<DispatcherRight | undefined> {
    const lease = await Lease.acquire(this.pool, {
      name: 'notifications/dispatcher',
      holder: `process ${process.pid}`,
      ttlMs: LIMITS.dispatcherLeaseMs,
    });
    return lease && new LeasedDispatcher(this.pool, lease);
  }

  async followed(): Promise<Followed | undefined> {
    const { rows } = await this.pool.query<FollowedRow>(sql.FOLLOWED);
    return followedOf(rows[0]);
  }

  async list(
    organisation: string,
    { limit, before }: { readonly limit: number; readonly before: bigint | null },
  ): Promise<ListedNotification[]> {
    const { rows } = await this.pool.query<ListRow>(sql.LIST, [organisation, before, limit]);
    return rows.map(({ content, ...row }) => ({ ...row, text: content }));
  }
}

class LeasedDispatcher implements DispatcherRight {
  isHeld = true;
  readonly #timer: NodeJS.Timeout;

  constructor(
    private readonly pool: Pool,
    private readonly lease: Lease,
  ) {
    this.#timer = setInterval(() => void this.#renew(), LIMITS.dispatcherLeaseMs / 3);
    this.#timer.unref();
  }

  async save(made: readonly MadeNotification[], seen: SeenEvent, nowMs: number): Promise<void> {
    await withTransaction(this.pool, async (client) => {
      await this.lease.assertHeld(client);
      for (const each of made) {
        const { id, organisation, revision, kind, severity, title, text, at, cause, data } = each;
        const values = [id, organisation, revision, kind, severity, title, text, at, cause, data, nowMs];
        const { rows } = await client.query<{ sequence: bigint }>(sql.ADD_NOTIFICATION, values);
        const [row] = rows;
        if (row === undefined) continue;
        for (const { name, failure } of each.channels)
          await client.query(sql.ADD_DELIVERY, [
            row.sequence,
            organisation,
            name,
            failure === null ? null : 'failed',
            failure,
            LIMITS.notificationsWaitingMax,
          ]);
      }
      await client.query(sql.SAVE_FOLLOWED, valuesOf({ done: seen.position, seen }));
    });
  }

  async addChannelOwners(organisations: readonly string[]): Promise<void> {
    await this.pool.query(sql.ADD_CHANNEL_OWNERS, [organisations]);
  }

  async channelOwnersAmong(organisations: readonly string[]): Promise<ReadonlySet<string>> {
    const { rows } = await this.pool.query<{ organisation: string }>(sql.CHANNEL_OWNERS_AMONG, [organisations]);
    return new Set(rows.map(({ organisation }) => organisation));
  }

  async due(nowMs: number, limit: number): Promise<readonly DueDelivery[]> {
    const { rows } = await this.pool.query<DueRow>(sql.DUE, [nowMs, limit]);
    return rows.map(({ notification, organisation, channel, attempts, made_at_ms: madeAtMs, content, ...row }) => ({
      sequence: notification,
      channel,
      attempts,
      madeAtMs: Number(madeAtMs),
      notification: { ...row, organisation, text: content },
    }));
  }

  async finish({ sequence, channel }: DueDelivery, result: DeliveryResult): Promise<void> {
    const { state, reason, nextAtMs, deliveredAtMs } = result;
    await this.pool.query(sql.FINISH, [sequence, channel, state, reason, nextAtMs, deliveredAtMs]);
  }

  async forgetOld(nowMs: number): Promise<void> {
    await this.pool.query(sql.FORGET_OLD, [nowMs - LIMITS.notificationsKeptMs]);
  }

  async release(): Promise<void> {
    this.isHeld = false;
    clearInterval(this.#timer);
    // A database that is gone forgets the lease when it expires.
    await this.lease.release().catch(() => undefined);
  }

  async #renew(): Promise<void> {
    // A renewal that fails lets the lease expire: a moment with two dispatchers delivers twice under one id, as allowed.
    const isStillOurs = await this.lease.renew().catch(() => true);
    if (!isStillOurs) this.isHeld = false;
  }
}
