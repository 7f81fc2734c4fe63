import type { Notification, Pool, PoolClient } from 'pg';

const RECONNECT_MS = 1_000;

/** Listens for appends on one connection of its own. Losing it costs latency only: consumers poll beside it. */
export class FeedWakeUps {
  private readonly wakes = new Map<number, Set<() => void>>();
  private client: PoolClient | undefined;
  private connecting: Promise<void> | undefined;
  private retry: NodeJS.Timeout | undefined;
  private isOpen = true;

  constructor(private readonly pool: Pool) {}

  subscribe(partitionId: number, wake: () => void): () => void {
    const wakes = this.wakes.get(partitionId) ?? new Set();
    this.wakes.set(partitionId, wakes.add(wake));
    this.connecting ??= this.connect();
    return () => wakes.delete(wake);
  }

  async close(): Promise<void> {
    this.isOpen = false;
    clearTimeout(this.retry);
    await this.connecting;
    this.client?.release(true);
    this.client = undefined;
  }

  private async connect(): Promise<void> {
    try {
      const client = await this.pool.connect();
      client.on('notification', (notification) => this.wake(notification));
      client.on('error', () => this.lose(client));
      await client.query('listen creditfold_feed').catch((error: unknown) => {
        client.release(true);
        throw error;
      });
      this.client = client;
    } catch {
      this.connectLater();
    }
  }

  private lose(client: PoolClient): void {
    if (this.client !== client) return;
    this.client = undefined;
    client.release(true);
    this.connectLater();
  }

  private connectLater(): void {
    if (!this.isOpen) return;
    this.retry = setTimeout(() => {
      this.connecting = this.connect();
    }, RECONNECT_MS);
    this.retry.unref();
  }

  private wake({ payload }: Notification): void {
    const ids = payload === undefined || payload === '' ? this.wakes.keys() : payload.split(',').map(Number);
    for (const id of ids) for (const wake of this.wakes.get(id) ?? []) wake();
  }
}
