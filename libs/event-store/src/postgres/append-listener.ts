import { patienceOf, POSTGRES_LIMITS } from '@app/postgres';
import pg from 'pg';

const RECONNECT_MS = 1_000;
const CHANNEL = 'creditfold_events';

/**
 * Hears of appends by LISTEN on a connection of its own. A small state machine:
 *
 *   idle ──first wait──▶ connecting ──▶ listening ──connection lost──▶ idle (the next wait connects again)
 *
 * What is missed while it does not listen costs a waiter its timeout and nothing else.
 */
export class AppendListener {
  private client: pg.Client | undefined;
  private connectedAtMs = -Infinity;
  private readonly wakeUps = new Set<() => void>();
  private isClosed = false;
  /** The highest position heard of. */
  private heard = 0n;

  constructor(private readonly url: string) {}

  /**
   * Resolves when a position above `after` was heard of, or after `timeoutMs`. `readHead` is asked once the
   * wait is registered, since an append may have come just before.
   */
  async wait(after: bigint, timeoutMs: number, readHead: () => Promise<bigint>): Promise<void> {
    if (this.isClosed || this.heard > after) return;
    const check = async (): Promise<void> => {
      await this.connect();
      this.hear(await readHead());
    };
    await new Promise<void>((resolve) => {
      const settle = (): void => {
        clearTimeout(timer);
        this.wakeUps.delete(onHeard);
        resolve();
      };
      const onHeard = (): void => (this.isClosed || this.heard > after ? settle() : undefined);
      const timer = setTimeout(settle, timeoutMs);
      this.wakeUps.add(onHeard);
      // A store that cannot be reached costs the waiter its timeout: its next read says what is wrong.
      check().catch(() => undefined);
    });
  }

  async close(): Promise<void> {
    this.isClosed = true;
    for (const wakeUp of this.wakeUps) wakeUp();
    const { client } = this;
    this.client = undefined;
    await client?.end().catch(() => undefined);
  }

  private async connect(): Promise<void> {
    if (this.client !== undefined || this.isClosed || Date.now() - this.connectedAtMs < RECONNECT_MS) return;
    const client = new pg.Client({
      connectionString: this.url,
      application_name: 'event-store-listener',
      connectionTimeoutMillis: POSTGRES_LIMITS.connectTimeoutMs,
      ...patienceOf(this.url),
    });
    this.client = client;
    this.connectedAtMs = Date.now();
    const forget = (): void => {
      if (this.client === client) this.client = undefined;
    };
    client.on('error', forget);
    client.on('end', forget);
    client.on('notification', ({ payload }) => this.hear(BigInt(payload ?? 0)));
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
    } catch (error) {
      forget();
      await client.end().catch(() => undefined);
      throw error;
    }
  }

  private hear(position: bigint): void {
    if (position > this.heard) this.heard = position;
    for (const wakeUp of this.wakeUps) wakeUp();
  }
}
