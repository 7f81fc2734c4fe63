import {
  applyEvent,
  cloneForDecision,
  decideClosing,
  decideCommand,
  decideUsage,
  Drafting,
  initialState,
  poolViews,
  type AccountCommand,
  type AccountEvent,
  type AccountState,
  type CommandDecision,
  type PoolView,
  type UsageDecision,
  type UsageRecord,
} from '../account/index.js';
import { advance } from '../account/passing-time/advance.js';
import type { Catalog } from '../catalog/index.js';
import { formatCredits, parseCredits } from '../amounts/index.js';
import { parseTime } from '../time/index.js';
import { catalogFixture } from './catalog-fixture.js';
import { MemoryIdentities } from './memory-identities.js';
import { usageRecord, type UsageFixture } from './usage-record-fixture.js';

const FEED = { topic: 'usage.v1', generation: 0, partition: 0 };
const FAR_AHEAD_MS = parseTime('2030-01-01T00:00:00Z') ?? 0;

/** An account without a store: decides, keeps the events, and can fold them again. */
export class AccountFixture {
  state: AccountState = initialState('acme');
  readonly events: AccountEvent[] = [];
  /** Every record that was given to it, with its offset. */
  readonly fed: UsageRecord[] = [];
  private readonly known = new MemoryIdentities();
  private offset = 0n;
  private commands = 0;

  constructor(
    /** In force for what is decided next. */
    public catalog: Catalog = catalogFixture(),
  ) {}

  /** Folds usage in one batch; records without an offset get the next one. */
  use(...fixtures: readonly UsageFixture[]): UsageDecision {
    return this.take(fixtures.map((fixture) => usageRecord({ ...fixture, offset: fixture.offset ?? this.offset++ })));
  }

  /** As `use`, for records that are made already. */
  take(records: readonly UsageRecord[]): UsageDecision {
    this.fed.push(...records);
    let left = records;
    for (;;) {
      const draft = cloneForDecision(this.state);
      const decision = decideUsage(draft, left, {
        catalog: this.catalog,
        feed: FEED,
        known: this.known,
        nowMs: FAR_AHEAD_MS,
        nextRevision: BigInt(this.events.length),
      });
      this.keep(draft, decision.events);
      left = left.slice(decision.decided);
      if (left.length === 0) return decision;
    }
  }

  command(command: AccountCommand, at: string, key: string | null = null): CommandDecision {
    for (;;) {
      const draft = cloneForDecision(this.state);
      const decision = decideCommand(draft, command, {
        catalog: this.catalog,
        nowMs: msOf(at),
        nextRevision: BigInt(this.events.length),
        route: command.kind,
        key: key ?? `k-${this.commands++}`,
        requestHash: JSON.stringify(command, (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v)),
        actor: 'auditor',
        reason: null,
      });
      if (decision.kind === 'accepted' || decision.kind === 'advancing') this.keep(draft, decision.events);
      if (decision.kind !== 'advancing') return decision;
    }
  }

  /** What the scheduler does: advances to a mark, and closes cycles by it. */
  passTo(at: string): void {
    const draft = cloneForDecision(this.state);
    const drafting = new Drafting(draft, this.catalog, BigInt(this.events.length));
    while (!advance(drafting, msOf(at), false));
    decideClosing(drafting, msOf(at));
    this.keep(draft, drafting.events);
  }

  grant(
    amount: string,
    at: string,
    more: Partial<Extract<AccountCommand, { kind: 'GrantCredits' }>> = {},
  ): CommandDecision {
    return this.command(
      {
        kind: 'GrantCredits',
        pool: 'credits',
        amountNanos: parseCredits(amount) ?? 0n,
        source: 'promotion',
        priority: null,
        effectiveAtMs: null,
        expiresAtMs: null,
        recurrence: null,
        rollover: null,
        ...more,
      },
      at,
    );
  }

  pool(key = 'credits'): PoolView {
    const view = poolViews(this.state.wallet).find((pool) => pool.pool === key);
    if (view === undefined) throw new RangeError(`no pool ${key}`);
    return view;
  }

  balance(key = 'credits'): string {
    return formatCredits(this.pool(key).balanceNanos);
  }

  /** The state folded from the events alone. */
  replayed(): AccountState {
    const state = initialState('acme');
    this.events.forEach((event, revision) => applyEvent(state, event, BigInt(revision)));
    return state;
  }

  private keep(draft: AccountState, events: readonly AccountEvent[]): void {
    if (events.length === 0) return;
    this.events.push(...events);
    this.state = { ...draft, owned: null };
  }
}

export function msOf(time: string): number {
  const ms = parseTime(time);
  if (ms === undefined) throw new RangeError(`not a time: ${time}`);
  return ms;
}
