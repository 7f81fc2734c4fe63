import { setTimeout as sleep } from 'node:timers/promises';
import { ACCOUNT_STREAM_PREFIX } from '@app/accounts';
import type { Accounts } from '@app/accounts';
import type { EventStore } from '@app/event-store';
import type { Catalog } from '@app/metering';

import type { ChargeOutcome, PaymentMethod } from '@app/payments';
import type { Logger } from 'pino';
import { isSame, resumeIn } from '../following/followed.js';
import { waitForMore } from '../following/wait-for-more.js';
import { LIMITS } from '../limits.js';
import { duePayments } from './due-payments.js';
import type { DuePayment } from './due-payments.js';
import { OpenWork } from './open-work.js';
import type { ExecutorRight, PaymentJournal } from './payment-journal.js';
import { DECODED_TYPES, sightingsOf } from './payment-sightings.js';
import type { PaymentProcessors } from './payment-processors.js';
import { storedMethodOf } from './payment-records.js';
import type { PaymentSettlement } from './payment-settlement.js';

export interface ExecutorParts {
  readonly store: EventStore;
  readonly accounts: Accounts;
  /** Undefined before the first catalog is published. */
  readonly catalog: () => Catalog | undefined;
  readonly processors: PaymentProcessors;
  readonly settlement: PaymentSettlement;
  readonly journal: PaymentJournal;
  readonly nowMs: () => number;
  readonly log: Logger;
}

const FOLLOWED = {
  maxCount: LIMITS.followedPageEvents,
  streamPrefixes: [ACCOUNT_STREAM_PREFIX],
  dataTypes: DECODED_TYPES,
};

/**
 * Pays what accounts ask for: recharges that their streams request, and the plan's price of closed cycles.
 *
 *   waiting ──lease──▶ following ──(event of interest)──▶ account loaded, what is due is charged ──▶ settled
 *      ▲                  │  ▲                                        │ pending, unavailable
 *      └──── lease lost ──┘  └──────────── looked at again later ◀────┘
 *
 * Only what is due in the account itself is charged, each with one idempotency key for ever; the position never
 * passes work that is not done. So a crash anywhere costs a look again, and never a payment or a second one.
 */
export class RechargeExecutor {
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;

  constructor(private readonly parts: ExecutorParts) {}

  start(): void {
    this.#running ??= this.#run();
  }

  /** Finishes the payments under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  get #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      try {
        const right = await this.parts.journal.acquire();
        if (right !== undefined) await this.#lead(right);
      } catch (error) {
        this.parts.log.warn({ err: error }, 'payments are interrupted');
      }
      await this.#pause(LIMITS.executorRetryMs);
    }
  }

  async #lead(right: ExecutorRight): Promise<void> {
    try {
      await this.#follow(right);
    } finally {
      await right.release();
    }
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stopping.signal, ref: false }).catch(() => undefined);
  }

  async #follow(right: ExecutorRight): Promise<void> {
    const { store } = this.parts;
    const work = new OpenWork();
    let { after, seen } = await resumeIn(store, await right.followed());
    let saved = after;
    let savedAt = 0;
    while (!this.#isStopping && right.isHeld) {
      const page = await store.readAll({ ...FOLLOWED, after });
      for (const organisation of await sightingsOf(page.events, right)) work.add(organisation, after);
      after = page.position;
      seen = page.events.at(-1) ?? seen;
      await this.#payDue(work);
      const done = work.oldest ?? seen?.position ?? saved;
      if (seen !== undefined && !isSame(done, saved) && performance.now() - savedAt >= LIMITS.followedSaveEveryMs) {
        await right.saveFollowed({ done, seen });
        saved = done;
        savedAt = performance.now();
      }
      if (page.isEnd) await waitForMore(store, after, this.#stopping.signal);
    }
    const done = work.oldest ?? seen?.position ?? saved;
    if (right.isHeld && seen !== undefined && !isSame(done, saved)) await right.saveFollowed({ done, seen });
  }

  async #payDue(work: OpenWork): Promise<void> {
    // Cheap when nothing is due; the store's clock is of no interest, so real time counts.
    for (;;) {
      const organisations = work.due(performance.now(), LIMITS.paymentsAtOnceMax);
      if (organisations.length === 0 || this.#isStopping) return;
      await Promise.all(organisations.map((organisation) => this.#payOne(organisation, work)));
    }
  }

  async #payOne(organisation: string, work: OpenWork): Promise<void> {
    try {
      const isDone = await this.#payAll(organisation);
      if (isDone) work.done(organisation);
      else work.postpone(organisation, performance.now());
    } catch (error) {
      work.postpone(organisation, performance.now());
      this.parts.log.warn({ err: error }, 'payments of an account have to be tried again');
    }
  }

  /** True when nothing of the account is left open. */
  async #payAll(organisation: string): Promise<boolean> {
    const { accounts, catalog: currentCatalog, nowMs } = this.parts;
    const catalog = currentCatalog();
    if (catalog === undefined) return false;
    const { state } = await accounts.loadFresh(organisation);
    const stored = storedMethodOf(state);
    const processor = this.parts.processors.of(state.wallet);
    const due = duePayments(state, catalog, nowMs());
    let isDone = true;
    for (const payment of due) {
      if (payment.invoice !== null) await this.parts.settlement.putInvoice(payment.subject, payment.invoice);
      const outcome: ChargeOutcome =
        stored === null || !processor.accepts(stored.method)
          ? { kind: 'declined', reason: 'no_payment_method' }
          : await processor.charge(chargeOf(payment, stored.method));
      if (outcome.kind === 'pending') isDone = false;
      else await this.parts.settlement.settle(payment.subject, outcome);
    }
    return isDone;
  }
}

const chargeOf = ({ subject, amountMinor, currency, askedAtMs, key }: DuePayment, method: PaymentMethod) => ({
  idempotencyKey: key,
  subject,
  amountMinor,
  currency,
  askedAtMs,
  method,
});
