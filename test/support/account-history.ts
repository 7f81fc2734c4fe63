import { encodeAccountEvent, feedEvents, chainStart, type FeedEvent } from '@app/accounts';
import { NO_STREAM, type EventStore, type NewEvent } from '@app/event-store';
import {
  applyToWallet,
  cycleContaining,
  HOUR_MS,
  initialState,
  netOf,
  type AccountEvent,
  type CycleBounds,
  type DrawRun,
  type RateUse,
  type UsageCharged,
  type UsageGroup,
} from '@app/metering';

/** One meter line of one usage event, before it is charged. */
export interface Line {
  readonly meter?: string;
  readonly usageTimeMs: number;
  readonly quantityNanos: bigint;
  readonly creditsNanos: bigint;
  readonly dimensions: Readonly<Record<string, string>>;
  /** Another meter's line of the usage event before. */
  readonly isFurther?: boolean;
}

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
    const uses: RateUse[] = [];
    const dimensions: (readonly (readonly [string, string])[])[] = [];
    const groups: UsageGroup[] = [];
    for (const line of lines) {
      const use = find(uses, this.#useOf(line));
      const dimension = find(dimensions, Object.entries(line.dimensions));
      const hour = Math.floor(line.usageTimeMs / HOUR_MS);
      const group = groups.find((g) => g.use === use && g.dimensions === dimension && g.hour === hour);
      if (group === undefined)
        groups.push({
          use,
          dimensions: dimension,
          hour,
          events: 1,
          firstEvents: line.isFurther === true ? 0 : 1,
          quantityNanos: line.quantityNanos,
          creditsNanos: line.creditsNanos,
        });
      else {
        group.events++;
        if (line.isFurther !== true) group.firstEvents++;
        group.quantityNanos += line.quantityNanos;
        group.creditsNanos += line.creditsNanos;
      }
    }
    const draws = this.#draw(uses, groups);
    const first = this.#offset;
    this.#offset += BigInt(lines.length);
    const event: UsageCharged = {
      type: 'UsageCharged',
      atMs: this.#atMs,
      feed: { topic: 'usage.v1', generation: 0, partition: 0, first, last: this.#offset - 1n },
      catalogVersion: 1,
      uses,
      dimensions,
      groups,
      draws,
      samples: [],
      refundGrants: [],
      payments: [],
      days: [Math.floor(this.#atMs / 86_400_000)],
      evidence: [],
    };
    this.push(event);
  }

  #useOf(line: Line): RateUse {
    const cycle =
      this.wallet.cycles.find((c) => c.startMs <= line.usageTimeMs && line.usageTimeMs < c.endMs) ?? this.cycle;
    const known = this.wallet.cycles.find((c) => c.startMs === cycle.startMs);
    const meter = line.meter ?? 'input-tokens';
    return {
      meter,
      pool: POOL,
      rate: `${meter}/*/${POOL}`,
      rateCard: 'standard',
      effectiveFromMs: 0,
      plan: 'pro',
      cycle: { startMs: cycle.startMs, endMs: cycle.endMs },
      outcome: known?.isClosed === true ? 'adjusted' : known?.isEnded === true ? 'late' : 'charged',
      isReversible: false,
    };
  }

  #draw(uses: readonly RateUse[], groups: readonly UsageGroup[]): DrawRun[] {
    const draws: DrawRun[] = [];
    const grants = (this.wallet.pools.get(POOL)?.grants ?? []).map(({ id, remainingNanos }) => ({
      id,
      remainingNanos,
    }));
    uses.forEach((_, use) => {
      let left = groups.filter((g) => g.use === use).reduce((sum, g) => sum + g.creditsNanos, 0n);
      for (const grant of grants) {
        const amountNanos = grant.remainingNanos < left ? grant.remainingNanos : left;
        if (amountNanos <= 0n) continue;
        grant.remainingNanos -= amountNanos;
        left -= amountNanos;
        draws.push({ use, from: 'grant', grant: grant.id, amountNanos });
      }
      if (left > 0n) draws.push({ use, from: 'overdraft', grant: null, amountNanos: left });
    });
    return draws;
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
        quarantined({
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

/** Index of an equal item, which is added when there is none. */
function find<T>(list: T[], item: T): number {
  const text = JSON.stringify(item);
  const at = list.findIndex((other) => JSON.stringify(other) === text);
  return at === -1 ? list.push(item) - 1 : at;
}

const quarantined = (record: {
  id: string;
  reason: string;
  detail: string;
  offset: bigint;
  recordTimestampMs: number;
}) => ({
  ...record,
  source: '/gateway',
  eventId: `e-${record.offset}`,
  timeMs: record.recordTimestampMs,
  hashes: null,
  payload: 'e30=',
  key: null,
  sizeBytes: 2,
  sha256: '00',
});

/** A partition's stream with records that no account can hold. */
export class FeedHistory {
  readonly stream = 'feed-usage.v1-0-0';
  #hash = chainStart(this.stream);
  #revision = NO_STREAM;

  async append(store: EventStore, event: FeedEvent): Promise<void> {
    const { id, type, data, hash } = feedEvents.encode(event, this.#hash);
    await store.append([{ stream: this.stream, expectedRevision: this.#revision, events: [{ id, type, data }] }]);
    this.#hash = hash;
    this.#revision++;
  }

  async quarantine(store: EventStore, offset: bigint, organisation: string | null, detail: string): Promise<string> {
    const record = quarantined({
      id: `usage.v1.0.0.${offset}`,
      reason: 'UnknownOrganisation',
      detail,
      offset,
      recordTimestampMs: 1_795_000_000_000,
    });
    await this.append(store, {
      type: 'FeedPositionRecorded',
      nextOffset: offset + 1n,
      last: null,
      markMs: 1_795_000_000_000,
      atMs: 1_795_000_000_000,
      records: [{ ...record, organisation }],
    });
    return record.id;
  }

  async requeue(store: EventStore, id: string): Promise<void> {
    await this.append(store, { type: 'QuarantineRequeued', id, actor: 'kim', atMs: 1_795_000_100_000 });
  }
}

/** Pseudo-random numbers in [0, 1) from a seed (mulberry32): the same history for the same seed. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One random step of an account: mostly usage, of this cycle or an earlier one, sometimes everything else. */
export function step(account: AccountHistory, random: () => number): void {
  const dice = random();
  const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(random() * items.length)];
  account.atMs = Math.min(account.atMs + Math.floor(random() * 20 * HOUR_MS), account.cycle.endMs - 1);
  if (dice < 0.08) account.endCycle();
  else if (dice < 0.14 && account.closeCycle()) return;
  else if (dice < 0.2) account.grant(BigInt(Math.floor(random() * 1e12)));
  else if (dice < 0.25) account.quarantine('TooOld', `of \0 and ${String(pick(['ä', '\uFDD0', '💳']))}`);
  else
    account.use(
      Array.from({ length: 1 + Math.floor(random() * 6) }, () => ({
        meter: pick(['input-tokens', 'output-tokens', 'traces']) ?? '',
        usageTimeMs: Math.max(
          account.wallet.openedAtMs,
          account.atMs - Math.floor(random() * random() * 70) * 24 * HOUR_MS,
        ),
        quantityNanos: BigInt(Math.floor(random() * 1e14)),
        creditsNanos: BigInt(Math.floor(random() * 3e11)),
        dimensions: Object.fromEntries(
          [
            ['project', pick(['search', 'chat', 'a\0b', undefined])],
            ['user', pick(['u-1', 'u-2', 'u-3', '\uFDD0', undefined])],
            ['model', pick(['large', 'small'])],
          ].filter((pair): pair is [string, string] => pair[1] !== undefined),
        ),
      })),
    );
}
