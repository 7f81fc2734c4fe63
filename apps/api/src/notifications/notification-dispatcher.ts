import { setTimeout as sleep } from 'node:timers/promises';
import { ACCOUNT_STREAM_PREFIX, accountEvents } from '@app/accounts';
import type { Accounts } from '@app/accounts';
import type { EventStore, StoredEvent } from '@app/event-store';
import { initialState } from '@app/metering';
import type { AccountState } from '@app/metering';
import type { DeliveryOutcome, Notifier } from '@app/notifications';
import type { Logger } from 'pino';
import { resumeIn } from '../following/followed.js';
import { waitForMore } from '../following/wait-for-more.js';
import { LIMITS } from '../limits.js';
import { channelOwnersOf, type TellingEvent } from './channel-owners.js';
import { channelsOf } from './channel-record.js';
import type {
  DispatcherRight,
  DueDelivery,
  DeliveryResult,
  MadeNotification,
  NotificationJournal,
} from './notification-journal.js';
import { notificationsOf, TELLING_TYPES } from './notifications-of.js';

export interface DispatcherParts {
  readonly store: EventStore;
  readonly accounts: Accounts;
  readonly journal: NotificationJournal;
  readonly notifier: Notifier;
  readonly nowMs: () => number;
  readonly log: Logger;
}

const FOLLOWED = {
  maxCount: LIMITS.followedPageEvents,
  streamPrefixes: [ACCOUNT_STREAM_PREFIX],
  dataTypes: [...TELLING_TYPES],
};
const isTelling = ({ type }: StoredEvent): boolean => TELLING_TYPES.has(type);

interface ToldEvent extends TellingEvent {
  readonly stored: StoredEvent;
}

const decoded = (stored: StoredEvent): ToldEvent => ({
  stored,
  organisation: stored.stream.slice(ACCOUNT_STREAM_PREFIX.length),
  event: accountEvents.decode(stored).event,
});

/**
 * Follows the streams and writes what people are to be told into the outbox, with the position in one commit; and
 * delivers what waits there, at least once, each channel in order, later again where it fails. One process does both,
 * under a lease. Nothing waits for it: the fold does not know that it exists.
 */
export class NotificationDispatcher {
  readonly #stopping = new AbortController();
  readonly #busy = new Set<string>();
  #running: Promise<void> | undefined;
  #forgotAtMs = 0;

  constructor(private readonly parts: DispatcherParts) {}

  start(): void {
    this.#running ??= this.#run();
  }

  /** Finishes the deliveries under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        const right = await this.parts.journal.acquire();
        if (right !== undefined) await this.#work(right);
      } catch (error) {
        this.parts.log.warn({ err: error }, 'notifications are interrupted');
      }
      await this.#pause(LIMITS.executorRetryMs);
    }
  }

  async #work(right: DispatcherRight): Promise<void> {
    try {
      await Promise.all([this.#follow(right), this.#deliver(right)]);
    } finally {
      await right.release();
    }
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stopping.signal, ref: false }).catch(() => undefined);
  }

  #mayGoOn(right: DispatcherRight): boolean {
    return right.isHeld && !this.#stopping.signal.aborted;
  }

  async #follow(right: DispatcherRight): Promise<void> {
    const { store, journal } = this.parts;
    let { after } = await resumeIn(store, await journal.followed());
    let unsaved: StoredEvent | undefined;
    let savedAtMs = 0;
    while (this.#mayGoOn(right)) {
      const page = await store.readAll({ ...FOLLOWED, after });
      const telling = page.events.filter(isTelling).map(decoded);
      const owners = await channelOwnersOf(telling, right);
      const made: MadeNotification[] = [];
      for (const each of telling) made.push(...(await this.#madeOf(each, owners.has(each.organisation))));
      unsaved = page.events.at(-1) ?? unsaved;
      // What told something is passed once; what told nothing may be looked at again.
      const isDue = telling.length > 0 || performance.now() - savedAtMs >= LIMITS.followedSaveEveryMs;
      if (unsaved !== undefined && isDue) {
        await right.save(made, unsaved, this.parts.nowMs());
        unsaved = undefined;
        savedAtMs = performance.now();
      }
      after = page.position;
      if (page.isEnd) await waitForMore(store, after, this.#stopping.signal);
    }
    if (right.isHeld && unsaved !== undefined) await right.save([], unsaved, this.parts.nowMs());
  }

  /** An account that cannot be read tells nothing: its own matter, and none of the others'. */
  async #madeOf({ stored, organisation, event }: ToldEvent, hasChannels: boolean): Promise<MadeNotification[]> {
    if (event.type === 'ThresholdReached' && event.isSilent) return [];
    const isOfGrants = event.type === 'GrantsExpired' || event.type === 'CycleEnded';
    const state = hasChannels || isOfGrants ? await this.#stateOf(organisation) : initialState(organisation);
    const isOutdated = this.parts.nowMs() - stored.recordedAt.getTime() > LIMITS.notificationAgeMaxMs;
    return notificationsOf(event, state, { organisation, revision: stored.revision, isOutdated });
  }

  async #stateOf(organisation: string): Promise<AccountState> {
    return (await this.parts.accounts.loadFresh(organisation)).state;
  }

  async #deliver(right: DispatcherRight): Promise<void> {
    const under = new Set<Promise<void>>();
    while (this.#mayGoOn(right)) {
      const free = LIMITS.deliveriesAtOnceMax - under.size;
      // What ends while the question is under way may be answered as still waiting.
      const busy = new Set(this.#busy);
      // What is under way is still due: ask for as many more.
      const due = free === 0 ? [] : await right.due(this.parts.nowMs(), LIMITS.deliveriesAtOnceMax + under.size);
      for (const delivery of due.filter((each) => !busy.has(channelKey(each))).slice(0, free)) {
        const attempt = this.#attempt(right, delivery).finally(() => under.delete(attempt));
        under.add(attempt);
      }
      await Promise.race([...under, this.#pause(LIMITS.dispatcherIdleMs)]);
      await this.#forgetOld(right);
    }
    await Promise.all(under);
  }

  async #attempt(right: DispatcherRight, delivery: DueDelivery): Promise<void> {
    const key = channelKey(delivery);
    this.#busy.add(key);
    try {
      const channel = channelsOf(await this.#stateOf(delivery.notification.organisation)).get(delivery.channel);
      const outcome: DeliveryOutcome =
        channel === undefined
          ? { kind: 'refused', reason: 'the channel was removed' }
          : await this.parts.notifier.deliver(delivery.notification, channel);
      await right.finish(delivery, resultOf(delivery, outcome, this.parts.nowMs()));
    } catch (error) {
      this.parts.log.warn({ err: error }, 'a notification has to be delivered again');
      await this.#pause(LIMITS.executorRetryMs);
    } finally {
      this.#busy.delete(key);
    }
  }

  async #forgetOld(right: DispatcherRight): Promise<void> {
    if (performance.now() - this.#forgotAtMs < LIMITS.notificationsForgetEveryMs) return;
    this.#forgotAtMs = performance.now();
    await right.forgetOld(this.parts.nowMs());
  }
}

const channelKey = ({ notification, channel }: DueDelivery): string =>
  JSON.stringify([notification.organisation, channel]);

/** Failures are tried again after a pause that doubles, until the notification is too old to be of use. */
export function resultOf(
  { attempts, madeAtMs }: Pick<DueDelivery, 'attempts' | 'madeAtMs'>,
  outcome: DeliveryOutcome,
  nowMs: number,
): DeliveryResult {
  if (outcome.kind === 'delivered') return { state: 'delivered', reason: null, nextAtMs: nowMs, deliveredAtMs: nowMs };
  const { reason } = outcome;
  const pauseMs = Math.min(LIMITS.deliveryRetryMaxMs, LIMITS.deliveryRetryBaseMs * 2 ** Math.min(attempts, 20));
  const isOver = outcome.kind === 'refused' || nowMs + pauseMs - madeAtMs > LIMITS.notificationAgeMaxMs;
  return { state: isOver ? 'failed' : 'waiting', reason, nextAtMs: nowMs + pauseMs, deliveredAtMs: null };
}
