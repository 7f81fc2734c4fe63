import { randomUUID } from 'node:crypto';
import {
  accountEvents,
  AccountCommands,
  Accounts,
  CatalogStream,
  chainStart,
  encodeAccountEvent,
  IdentityHasher,
  loadOrCreateSecret,
} from '@app/accounts';
import { PostgresEventStore, PostgresSnapshotStore } from '@app/event-store';
import {
  cloneForDecision,
  decideClosing,
  decideUsage,
  Drafting,
  parseTime,
  type AccountCommand,
  type AccountEvent,
  type Catalog,
  type UsageRecord,
} from '@app/metering';
import { LARGE_CATALOG, usageRecord, type UsageFixture } from '@app/metering/testing';
import { ReadModels, rebuildReadModels } from '@app/read-models';
import { createPool } from '@app/postgres';
import { runReplay } from '../../apps/replay/src/index.js';

const FEED = { topic: 'usage.v1', generation: 0, partition: 0 };
const SNAPSHOT_EVERY = 4;

const msOf = (time: string): number => parseTime(time) ?? Number.NaN;

/** Streams, snapshots and read models in one database, written by the deciders themselves, and the CLI that audits them. */
export class ReplayWorld {
  private offset = 0n;

  readonly url: string;
  readonly store: PostgresEventStore;
  readonly snapshots: PostgresSnapshotStore;
  readonly accounts: Accounts;
  readonly catalog: Catalog;
  readonly sql: ReturnType<typeof createPool>;

  private constructor(parts: Pick<ReplayWorld, 'url' | 'store' | 'snapshots' | 'accounts' | 'catalog' | 'sql'>) {
    this.url = parts.url;
    this.store = parts.store;
    this.snapshots = parts.snapshots;
    this.accounts = parts.accounts;
    this.catalog = parts.catalog;
    this.sql = parts.sql;
  }

  static async create(url: string): Promise<ReplayWorld> {
    const store = await PostgresEventStore.connect({ url });
    const snapshots = await PostgresSnapshotStore.connect({ url });
    const published = await new CatalogStream(store, () => 0).publish(LARGE_CATALOG, {
      expectedVersion: 0,
      nowMs: msOf('2020-01-01T00:00:00Z'),
      actor: null,
      fileHash: null,
    });
    if (published.kind !== 'published') throw new Error(JSON.stringify(published));
    const hasher = new IdentityHasher(await loadOrCreateSecret(store, 0));
    const accounts = new Accounts({
      store,
      snapshots,
      hasher,
      onWarning: () => undefined,
      limits: { snapshotEveryEvents: SNAPSHOT_EVERY },
    });
    const sql = createPool(url, { applicationName: 'replay-world', max: 2 });
    return new ReplayWorld({ url, store, snapshots, accounts, catalog: published.catalog, sql });
  }

  /** Decides usage of one account as the aggregator does, in one append or as many as time asks for. */
  async use(organisation: string, ...fixtures: readonly UsageFixture[]): Promise<void> {
    let left = fixtures.map((fixture) => this.recordOf(organisation, fixture));
    while (left.length > 0) {
      const account = await this.accounts.load(organisation);
      const timesMs = left.flatMap(({ content }) => (content.kind === 'event' ? [content.event.timeMs] : []));
      const ledgerTimesMs = [account.state.wallet.ledgerTimeMs, ...left.map((record) => record.recordTimestampMs)];
      await this.accounts.loadIdentities(account, { timesMs, ledgerTimesMs });
      const draft = cloneForDecision(account.state);
      const { events, decided } = decideUsage(draft, left, {
        catalog: this.catalog,
        feed: FEED,
        known: account.identities,
        nowMs: msOf('2030-01-01T00:00:00Z'),
        nextRevision: account.revision + 1n,
      });
      if (events.length === 0) this.accounts.abandon(account);
      else await this.accounts.append([this.accounts.seal({ account, draft, events })]);
      left = left.slice(decided);
    }
  }

  /** Closes the cycles that have ended, as the aggregator does when the feed is decided up to `mark`. */
  async closeCycles(organisation: string, mark: string): Promise<void> {
    const account = await this.accounts.load(organisation);
    const draft = cloneForDecision(account.state);
    const drafting = new Drafting(draft, this.catalog, account.revision + 1n);
    decideClosing(drafting, msOf(mark));
    await this.accounts.append([this.accounts.seal({ account, draft, events: drafting.events })]);
  }

  async command(organisation: string, at: string, command: AccountCommand): Promise<Readonly<Record<string, string>>> {
    const commands = new AccountCommands({
      accounts: this.accounts,
      catalog: () => this.catalog,
      nowMs: () => msOf(at),
    });
    const answer = await commands.execute(organisation, {
      command,
      route: command.kind,
      key: randomUUID(),
      requestHash: randomUUID(),
      actor: 'kim',
      reason: 'as agreed',
    });
    if (answer.kind !== 'accepted') throw new Error(JSON.stringify(answer, (_, v: unknown) => String(v)));
    return answer.answer;
  }

  /** Brings the read models up to the streams' end. */
  async project(): Promise<void> {
    const models = await ReadModels.connect({ url: this.url, name: 'replay-world' });
    try {
      await rebuildReadModels({ generations: models.generations, store: this.store });
    } finally {
      await models.close();
    }
  }

  /** Runs the command line against this database. */
  async replay(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
    let [out, err] = ['', ''];
    const terminal = {
      out: (text: string): void => void (out += `${text}\n`),
      err: (text: string): void => void (err += `${text}\n`),
    };
    const code = await runReplay(args, { DATABASE_URL: this.url }, terminal);
    return { code, out, err };
  }

  /** Statements of a superuser who switches the triggers off. */
  async tamper(
    ...statements: readonly { readonly text: string; readonly values?: readonly unknown[] }[]
  ): Promise<void> {
    const client = await this.sql.connect();
    try {
      await client.query('set session_replication_role = replica');
      for (const { text, values } of statements) await client.query(text, [...(values ?? [])]);
      await client.query('set session_replication_role = origin');
    } finally {
      client.release();
    }
  }

  /** Replaces a stream's events from a revision on, with a chain that fits: what only the meaning can give away. */
  async forge(stream: string, change: (event: AccountEvent, revision: bigint) => AccountEvent): Promise<void> {
    let hash: Uint8Array = chainStart(stream);
    const statements = [];
    for (const stored of await this.store.readStream(stream, { maxCount: 1_000 })) {
      const event = change(accountEvents.decode(stored).event, stored.revision);
      const encoded = encodeAccountEvent(event, hash);
      hash = encoded.hash;
      statements.push({
        text: 'update creditfold_events.events set id = $1, data = $2 where position = $3',
        values: [encoded.id, encoded.data, stored.position.commit],
      });
    }
    await this.tamper(...statements);
  }

  async close(): Promise<void> {
    await this.accounts.snapshotsSaved();
    await Promise.all([this.store.close(), this.snapshots.close(), this.sql.end()]);
  }

  private recordOf(organisation: string, fixture: UsageFixture): UsageRecord {
    const record = usageRecord({ ...fixture, offset: fixture.offset ?? this.offset++ });
    const { content } = record;
    if (content.kind !== 'event') return record;
    const hash = this.accounts.hasher.hash(organisation, content.event);
    return { ...record, content: { kind: 'event', event: { ...content.event, organisation }, hash } };
  }
}

const at = (day: string, time = '10:00:00'): string => `2026-${day}T${time}Z`;

/** A history with every kind of meter and price, late usage, a conflict, a refund, a purchase, overdraft and two cycles. */
export async function liveThrough(world: ReplayWorld, organisation: string): Promise<void> {
  await world.use(
    organisation,
    { id: 'a1', type: 'llm', time: at('03-02'), data: { tokens: 700, model: 'large', project: 'search', user: 'u-1' } },
    { id: 'a2', type: 'llm', time: at('03-02', '11:00:00'), data: { tokens: 900, model: 'large', user: 'u-2' } },
    { id: 'a3', type: 'llm', time: at('03-02', '12:00:00'), data: { tokens: 95, model: 'small' } },
    { id: 'a3', type: 'llm', time: at('03-02', '12:00:00'), data: { tokens: 96, model: 'small' } },
    { id: 'a4', type: 'tool', time: at('03-02', '13:00:00') },
  );
  const mark = { valueNanos: 20_000_000_000n, severity: null, channels: [] };
  await world.command(organisation, at('03-02', '14:00:00'), {
    kind: 'SetRule',
    rule: {
      kind: 'alert',
      name: 'used',
      pool: 'credits',
      basis: 'percent-used',
      limitNanos: null,
      scope: [],
      marks: [mark],
    },
    countedNanos: 0n,
  });
  await world.use(
    organisation,
    { id: 'p1', type: 'peak', time: at('03-03'), data: { size: 4 } },
    { id: 'p2', type: 'peak', time: at('03-03', '11:00:00'), data: { size: 3 } },
    { id: 'p3', type: 'peak', time: at('03-03', '12:00:00'), data: { size: '6.5' } },
    { id: 'v0', type: 'visit', time: at('03-03', '12:30:00'), data: { person: 'eve' } },
    { id: 'v1', type: 'visit', time: at('03-03', '13:00:00'), data: { person: 'ada' } },
    { id: 'v2', type: 'visit', time: at('03-03', '14:00:00'), data: { person: 'ada' } },
    { id: 'v3', type: 'visit', time: at('03-03', '15:00:00'), data: { person: 'bob' } },
    { id: 's1', type: 'seats', time: at('03-03', '16:00:00'), data: { seats: 3, project: 'x' } },
    { id: 's2', type: 'seats', time: at('03-03', '17:00:00'), data: { seats: 1, project: 'x' } },
    {
      id: 's0',
      type: 'seats',
      time: at('03-03', '09:00:00'),
      at: at('03-03', '18:00:00'),
      data: { seats: 9, project: 'x' },
    },
    { id: 'g1', type: 'gpu', time: at('03-03', '19:00:00'), data: { hours: '0.3', replicas: 2, hardware: 'a100' } },
    { id: 'g2', type: 'gpu', time: at('03-03', '20:00:00'), data: { hours: '0.1', replicas: 1, hardware: 'a100' } },
    { id: 'd1', type: 'storage', time: at('03-04'), data: { gigabytes: 10, project: 'x' } },
    { id: 'd2', type: 'storage', time: at('03-14'), data: { gigabytes: 2, project: 'x' } },
    { id: 'd3', type: 'storage', time: at('03-08'), at: at('03-14', '11:00:00'), data: { gigabytes: 5, project: 'x' } },
  );
  await world.command(organisation, at('03-15'), {
    kind: 'PurchaseCredits',
    package: 'pack',
    quantityNanos: null,
    paymentReference: 'pay-1',
    by: 'order',
  });
  await world.command(organisation, at('03-16'), {
    kind: 'AdjustCredits',
    pool: 'credits',
    amountNanos: -5_000_000_000n,
  });
  await world.use(organisation, { id: 'b1', type: 'llm', time: at('04-02'), data: { tokens: 3_000, model: 'bulk' } });
  await world.use(
    organisation,
    { id: 'l1', type: 'llm', time: at('03-31'), at: at('04-03'), data: { tokens: 120, model: 'small' } },
    { id: 'l2', type: 'storage', time: at('03-30'), at: at('04-03'), data: { gigabytes: 8, project: 'x' } },
    { id: 'b2', type: 'seats', time: at('04-03', '11:00:00'), data: { seats: 4, project: 'x' } },
    { id: 'b3', type: 'seats', time: at('04-03', '12:00:00'), data: { seats: 2, project: 'x' } },
    { id: 'b4', type: 'tool', time: at('04-03', '13:00:00') },
  );
  for (let n = 0; n < 3; n += 1)
    await world.use(
      organisation,
      ...Array.from({ length: 5 }, (_, i) => ({ id: `t${n}-${i}`, type: 'tool', time: at('04-04', `1${n}:0${i}:00`) })),
    );
}
