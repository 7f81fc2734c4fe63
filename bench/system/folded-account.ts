import { readFile } from 'node:fs/promises';
import {
  cloneForDecision,
  compileCatalog,
  decideCommand,
  decideUsage,
  initialState,
  parseStructuredEvent,
  validateCatalog,
  type AccountCommand,
  type AccountState,
  type Catalog,
  type KnownIdentities,
  type UsageRecord,
} from '@app/metering';
import { WrongTotal } from '../figure.js';
import { CATALOG } from './service.js';

const BATCH_RECORDS = 500;
const NANOS = 1_000_000_000n;
/** More than an event of the load costs on average, so that marks are crossed along the way and none early. */
const CREDITS_PER_EVENT = 2n;
const FEED = { topic: 'usage.v1', generation: 0, partition: 0 };
const NO_RAW = { key: null, payload: null, sizeBytes: 0, sha256: '' };
/** The load has no repetitions: looking identities up is not what is measured. */
const NEW: KnownIdentities = { find: () => 'new', add: () => undefined };

type Rule = Extract<AccountCommand, { kind: 'SetRule' }>['rule'];

/** One account that is folded in memory, as the aggregator does it between reading and appending. */
export class FoldedAccount {
  #state: AccountState = initialState('folded-0');
  #revision = 0n;
  #charged = 0;
  #crossings = 0;

  private constructor(
    private readonly catalog: Catalog,
    private readonly isRuled: boolean,
  ) {}

  static async open(options: {
    readonly atMs: number;
    readonly expectedEvents: number;
    readonly isRuled: boolean;
  }): Promise<FoldedAccount> {
    const validated = validateCatalog(JSON.parse(await readFile(CATALOG, 'utf8')));
    if ('errors' in validated) throw new Error(JSON.stringify(validated.errors));
    const account = new FoldedAccount(compileCatalog(validated.catalog, 1), options.isRuled);
    account.#open(BigInt(options.expectedEvents) * CREDITS_PER_EVENT * NANOS, options.atMs);
    return account;
  }

  recordsOf(texts: readonly string[]): readonly UsageRecord[] {
    return texts.map((text, index) => {
      const parsed = parseStructuredEvent(JSON.parse(text));
      if (!('event' in parsed)) throw new Error(`no usage event: ${text}`);
      const { event } = parsed;
      const hash = { identityHigh: 0, identityLow: index, contentHigh: 0, contentLow: index };
      return {
        offset: BigInt(index),
        recordTimestampMs: event.timeMs,
        mode: 'live',
        isAdjusting: false,
        content: { kind: 'event', event, hash },
        raw: NO_RAW,
      };
    });
  }

  fold(records: readonly UsageRecord[]): void {
    for (let from = 0; from < records.length;) {
      const draft = cloneForDecision(this.#state);
      const { events, decided, counts } = decideUsage(draft, records.slice(from, from + BATCH_RECORDS), {
        catalog: this.catalog,
        feed: FEED,
        known: NEW,
        nowMs: Date.now(),
        nextRevision: this.#revision,
      });
      this.#keep(draft, events.length);
      this.#charged += counts.charged;
      this.#crossings += events.filter(({ type }) => type === 'ThresholdReached').length;
      from += decided;
    }
  }

  /** @throws {WrongTotal} when what was folded is not what is measured */
  check(events: number): void {
    const isRight = this.#charged === events && this.#crossings > 0;
    if (!isRight) throw new WrongTotal(`${this.#charged} of ${events} charged, ${this.#crossings} marks crossed`);
  }

  #open(includedNanos: bigint, atMs: number): void {
    this.#command({ kind: 'OpenAccount', plan: 'pro', anchorDay: 1, openedAtMs: null, manualClockMs: null }, atMs);
    this.#command(
      {
        kind: 'GrantCredits',
        pool: 'credits',
        amountNanos: includedNanos,
        source: 'promotion',
        priority: null,
        effectiveAtMs: null,
        expiresAtMs: null,
        recurrence: null,
        rollover: null,
      },
      atMs,
    );
    const rules = this.isRuled ? rulesFor(includedNanos) : [];
    for (const rule of rules) this.#command({ kind: 'SetRule', rule, countedNanos: 0n }, atMs);
  }

  #command(command: AccountCommand, nowMs: number): void {
    const draft = cloneForDecision(this.#state);
    const decision = decideCommand(draft, command, {
      catalog: this.catalog,
      nowMs,
      nextRevision: this.#revision,
      route: command.kind,
      key: null,
      requestHash: '',
      actor: null,
      reason: null,
    });
    if (decision.kind !== 'accepted') throw new Error(`${command.kind}: ${decision.kind}`);
    this.#keep(draft, decision.events.length);
  }

  #keep(draft: AccountState, events: number): void {
    this.#revision += BigInt(events);
    this.#state = { ...draft, owned: null };
  }
}

const marksOf = (values: readonly bigint[]): Rule['marks'] =>
  values.map((valueNanos) => ({ valueNanos, severity: null, channels: ['email'] }));

/** Two alerts and three budgets, the last two of a scope, each with marks below and above what the load reaches. */
function rulesFor(includedNanos: bigint): readonly Rule[] {
  const percents = [10n, 30n, 50n, 90n].map((percent) => percent * NANOS);
  const amounts = [10n, 30n, 50n, 90n].map((percent) => (includedNanos * percent) / 100n);
  const common = { pool: 'credits', limitNanos: null, scope: [] } as const;
  const budget = {
    ...common,
    kind: 'budget',
    basis: 'budget',
    limitNanos: includedNanos,
    marks: marksOf(amounts),
  } as const;
  return [
    { ...common, kind: 'alert', name: 'used', basis: 'percent-used', marks: marksOf(percents) },
    { ...common, kind: 'alert', name: 'left', basis: 'balance', marks: marksOf(amounts) },
    { ...budget, name: 'all' },
    { ...budget, name: 'project', scope: [['project', 'project-3']] },
    { ...budget, name: 'model', scope: [['model', 'deepseek-r1']] },
  ];
}
