import { chainStart, encodeAccountEvent } from '@app/accounts';
import { NO_STREAM, type NewEvent } from '@app/event-store';
import {
  applyToWallet,
  cycleContaining,
  HOUR_MS,
  initialState,
  netOf,
  type AccountEvent,
  type CycleBounds,
} from '@app/metering';
import { chargeOf, type Line } from './charge-lines.js';
import { quarantinedRecord } from './quarantined-record.js';

const POOL = 'credits';
const INCLUDED_NANOS = 1_000_000_000_000n;

/** Writes valid histories of one account by hand: opened, used, granted, its cycles ended and closed. */
export class AccountHistory {
  readonly wallet;
  readonly #pending: NewEvent[] = [];
  #hash;
  #appended = NO_STREAM;
  #revision = NO_STREAM;
  #grants = 0;
  #offset = 0n;
  #atMs: number;

  constructor(
    readonly organisation: string,
    openedAtMs: number,
  ) {
    this.wallet = initialState(organisation).wallet;
    this.#hash = chainStart(this.stream);
    this.#atMs = openedAtMs;
    this.push({
      type: 'AccountOpened',
      atMs: openedAtMs,
      entries: [],
      organisation,
      plan: 'pro',
      anchorDay: 1,
      openedAtMs,
      clock: 'live',
      cycle: cycleContaining(openedAtMs, 1),
      catalogVersion: 1,
      negativeLimits: [{ pool: POOL, limitNanos: 0n }],
    });
    this.grant(INCLUDED_NANOS, true);
  }

  get stream(): string {
    return `account-${this.organisation}`;
  }

  get revision(): bigint {
    return this.#revision;
  }

  get cycle(): CycleBounds {
    const cycle = this.wallet.cycles.at(-1);
    if (cycle === undefined) throw new Error('the account has no cycle');
    return cycle;
  }

  get atMs(): number {
    return this.#atMs;
  }

  set atMs(ms: number) {
    this.#atMs = ms;
  }

  push(event: AccountEvent): void {
    applyToWallet(this.wallet, event);
    const { id, type, data, hash } = encodeAccountEvent(event, this.#hash);
    this.#hash = hash;
    this.#pending.push({ id, type, data });
    this.#revision++;
  }

  grant(amountNanos: bigint, isPlan = false): void {
    const grant = this.#terms(amountNanos, isPlan, this.cycle);
    this.push({
      type: 'CreditsGranted',
      atMs: this.#atMs,
      command: {
        route: 'grants',
        key: `key-${this.#revision}`,
        requestHash: '00',
        actor: 'kim',
        reason: 'welcome',
        answer: { id: grant.id },
        receivedAtMs: this.#atMs,
      },
      grant,
      entries: [
        {
          type: 'grant',
          pool: POOL,
          amountNanos,
          cycleStartMs: this.cycle.startMs,
          figure: 'granted',
          cause: isPlan ? 'plan' : 'promotion',
          movements: [{ kind: 'grant', grant }],
        },
      ],
    });
  }

  #terms(amountNanos: bigint, isPlan: boolean, cycle: CycleBounds) {
    return {
      id: `g-${this.#grants++}`,
      pool: POOL,
      source: isPlan ? ('plan' as const) : ('promotion' as const),
      amountNanos,
      priority: isPlan ? 10 : 20,
      effectiveAtMs: cycle.startMs,
      expiresAtMs: isPlan ? cycle.endMs : null,
      isPaid: false,
      isPlan,
      rollover: null,
      recurrence: null,
      cyclesLeft: null,
      purchase: null,
    };
  }

  /** Charges lines in one append: each to the cycle of its usage time, by what has become of that cycle. */
  use(lines: readonly Line[]): void {
    const first = this.#offset;
    this.#offset += BigInt(lines.length);
    const feed = { topic: 'usage.v1', generation: 0, partition: 0, first, last: this.#offset - 1n };
    this.push(chargeOf(this.wallet, lines, { atMs: this.#atMs, feed }));
  }

  /** The cycle ends; what is left of its plan credits expires, the next one's are granted. */
  endCycle(): void {
    const ended = { startMs: this.cycle.startMs, endMs: this.cycle.endMs };
    const next = cycleContaining(ended.endMs, 1);
    this.#atMs = Math.max(this.#atMs, ended.endMs);
    const expiring = (this.wallet.pools.get(POOL)?.grants ?? []).filter((grant) => grant.isPlan);
    const grant = this.#terms(INCLUDED_NANOS, true, next);
    this.push({
      type: 'CycleEnded',
      atMs: ended.endMs,
      ended,
      next,
      plan: 'pro',
      catalogVersion: 1,
      negative: [],
      refills: [],
      negativeLimits: [],
      isReset: false,
      anchorDay: 1,
      entries: [
        ...expiring.map(({ id, remainingNanos }) => ({
          type: 'expiry' as const,
          pool: POOL,
          amountNanos: -remainingNanos,
          cycleStartMs: ended.startMs,
          figure: 'expired' as const,
          cause: 'cycle-end',
          movements: [{ kind: 'expire' as const, grant: id, amountNanos: remainingNanos, reversibleNanos: 0n }],
        })),
        {
          type: 'grant' as const,
          pool: POOL,
          amountNanos: INCLUDED_NANOS,
          cycleStartMs: next.startMs,
          figure: 'granted' as const,
          cause: 'plan',
          movements: [{ kind: 'grant' as const, grant }],
        },
      ],
    });
  }

  /** The oldest ended cycle closes; false when there is none. */
  closeCycle(): boolean {
    const cycle = this.wallet.cycles.find((c) => c.isEnded && !c.isClosed);
    if (cycle === undefined) return false;
    this.#atMs = Math.max(this.#atMs, cycle.endMs + HOUR_MS);
    this.push({
      type: 'CycleClosed',
      atMs: this.#atMs,
      entries: [],
      cycle: { startMs: cycle.startMs, endMs: cycle.endMs },
      markMs: this.#atMs,
      pools: Array.from(this.wallet.pools.values(), (pool) => {
        const figures = pool.figures.get(cycle.startMs);
        return { pool: pool.key, closingNanos: pool.closedNanos + (figures === undefined ? 0n : netOf(figures)) };
      }),
    });
    return true;
  }

  quarantine(reason: string, detail: string): void {
    const offset = this.#offset++;
    this.push({
      type: 'UsageQuarantined',
      atMs: this.#atMs,
      entries: [],
      feed: { topic: 'usage.v1', generation: 0, partition: 0, first: offset, last: offset },
      records: [
        quarantinedRecord({
          id: `usage.v1.0.${this.organisation}.${offset}`,
          reason,
          detail,
          offset,
          recordTimestampMs: this.#atMs,
        }),
      ],
    });
  }

  /** What was pushed since the last call, as the store takes it. */
  take() {
    const append = { stream: this.stream, expectedRevision: this.#appended, events: this.#pending.splice(0) };
    this.#appended = this.#revision;
    return append;
  }
}
