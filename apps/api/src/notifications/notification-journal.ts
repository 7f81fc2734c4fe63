import type { Notification } from '@app/notifications';
import type { Followed, SeenEvent } from '../following/followed.js';

/** A notification with its place in the account's stream, what caused it, and the channels that it goes to. */
export interface MadeNotification extends Notification {
  readonly revision: bigint;
  readonly cause: Readonly<Record<string, unknown>>;
  readonly channels: readonly TargetChannel[];
}

export interface TargetChannel {
  readonly name: string;
  /** Why it is not even tried; null where it is. */
  readonly failure: string | null;
}

/** One notification that a channel is to have next. */
export interface DueDelivery {
  readonly sequence: bigint;
  readonly channel: string;
  readonly attempts: number;
  readonly madeAtMs: number;
  readonly notification: Notification;
}

/** What became of an attempt; `waiting` is tried again at `nextAtMs`. */
export interface DeliveryResult {
  readonly state: 'waiting' | 'delivered' | 'failed';
  readonly reason: string | null;
  readonly nextAtMs: number;
  readonly deliveredAtMs: number | null;
}

export interface ListedNotification extends Omit<MadeNotification, 'organisation' | 'channels'> {
  readonly sequence: bigint;
  readonly deliveries: readonly ListedDelivery[];
}

export interface ListedDelivery {
  readonly channel: string;
  readonly state: 'waiting' | 'delivered' | 'failed' | 'dropped';
  readonly attempts: number;
  readonly reason: string | null;
  readonly nextAtMs: number;
  readonly deliveredAtMs: number | null;
}

/**
 * The outbox of notifications, beside the streams: what they say was made from them, and how far it was delivered.
 * Losing it sends again what is younger than `LIMITS.notificationAgeMaxMs`, under the same ids.
 */
export interface NotificationJournal {
  /** The right to be the one that follows and delivers, or undefined while another has it. */
  acquire(): Promise<DispatcherRight | undefined>;
  /** How far notifications were made; undefined before anything was followed. */
  followed(): Promise<Followed | undefined>;
  /** Newest first, before `before`. */
  list(
    organisation: string,
    page: { readonly limit: number; readonly before: bigint | null },
  ): Promise<ListedNotification[]>;
}

export interface DispatcherRight {
  /** False once a renewal has found that another took over. */
  readonly isHeld: boolean;
  /** Notifications made at `nowMs`, and the event up to which they are, in one commit; what is there stays. @throws {LeaseLost} */
  save(made: readonly MadeNotification[], seen: SeenEvent, nowMs: number): Promise<void>;
  /** Organisations that have set up a channel, before the position moves past it: afterwards nobody would know. */
  addChannelOwners(organisations: readonly string[]): Promise<void>;
  channelOwnersAmong(organisations: readonly string[]): Promise<ReadonlySet<string>>;
  /** Up to `limit` deliveries, at most one a channel. */
  due(nowMs: number, limit: number): Promise<readonly DueDelivery[]>;
  finish(delivery: DueDelivery, result: DeliveryResult): Promise<void>;
  forgetOld(nowMs: number): Promise<void>;
  release(): Promise<void>;
}
