import { excludeSystemEvents } from '@eventstore/db-client';
import type { AllStreamSubscription, EventStoreDBClient } from '@eventstore/db-client';
import { START } from '../event-store.js';
import type { GlobalPosition } from '../event-store.js';
import { KURRENT_LIMITS } from './limits.js';
import { isAfter, isStart } from './positions.js';

interface Waiter {
  readonly after: GlobalPosition;
  readonly settle: () => void;
}

/**
 * Hears of appends by one subscription to `$all`, which all waiters share. A small state machine:
 *
 *   idle ──first wait──▶ subscribed ──last waiter left──▶ idle
 *                          │    ▲
 *                        error  │ after a while, while somebody waits (subscriptions do not reconnect by themselves)
 *                          ▼    │
 *                         backing off
 *
 * It begins behind the first waiter's position, so that nothing is missed between that one's read and its wait.
 */
export class AppendWatcher {
  private subscription: AllStreamSubscription | undefined;
  private retry: NodeJS.Timeout | undefined;
  private backOffMs: number = KURRENT_LIMITS.reconnectMs;
  private readonly waiters = new Set<Waiter>();
  /** The highest position that this subscription knows to be in the log. */
  private heard = START;
  private isClosed = false;

  constructor(private readonly client: EventStoreDBClient) {}

  /** Never rejects: a store that cannot be reached costs the waiter its timeout. */
  async wait(after: GlobalPosition, timeoutMs: number): Promise<void> {
    if (this.isClosed || isAfter(this.heard, after)) return;
    await new Promise<void>((resolve) => {
      const settle = (): void => {
        clearTimeout(timer);
        this.waiters.delete(waiter);
        resolve();
        if (this.waiters.size === 0) this.rest();
      };
      const waiter = { after, settle };
      const timer = setTimeout(settle, timeoutMs);
      this.waiters.add(waiter);
      if (this.subscription === undefined && this.retry === undefined) this.subscribe(after);
    });
  }

  close(): void {
    this.isClosed = true;
    for (const { settle } of this.waiters) settle();
  }

  private subscribe(after: GlobalPosition): void {
    this.retry = undefined;
    this.heard = after;
    const subscription = this.client.subscribeToAll({
      fromPosition: isStart(after) ? 'start' : after,
      filter: excludeSystemEvents(),
      requiresLeader: true,
    });
    this.subscription = subscription;
    subscription.on('confirmation', () => {
      this.backOffMs = KURRENT_LIMITS.reconnectMs;
    });
    subscription.on('data', ({ event }) => {
      if (this.subscription === subscription && event !== undefined) this.hear(event.position);
    });
    const onLost = (): void => (this.subscription === subscription ? this.backOff() : undefined);
    subscription.on('end', onLost);
    // Stays attached for as long as it lives: an error that nobody handles would end the process.
    subscription.on('error', onLost);
  }

  private backOff(): void {
    this.subscription = undefined;
    this.heard = START;
    this.retry = setTimeout(() => this.subscribeAgain(), this.backOffMs);
    this.backOffMs = Math.min(this.backOffMs * 2, KURRENT_LIMITS.reconnectMaxMs);
  }

  private subscribeAgain(): void {
    const [first, ...others] = [...this.waiters].map(({ after }) => after);
    if (first === undefined) return this.rest();
    this.subscribe(others.reduce((lowest, after) => (isAfter(lowest, after) ? after : lowest), first));
  }

  private hear(position: GlobalPosition): void {
    if (isAfter(position, this.heard)) this.heard = position;
    for (const { after, settle } of this.waiters) if (isAfter(this.heard, after)) settle();
  }

  private rest(): void {
    clearTimeout(this.retry);
    const { subscription } = this;
    this.retry = undefined;
    this.subscription = undefined;
    this.heard = START;
    // It may never have begun.
    subscription?.unsubscribe().catch(() => undefined);
  }
}
