import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AccountEvent, UsageCharged } from '@app/metering';
import { startTestPostgres, type TestPostgres } from '@app/postgres/testing';
import { z } from 'zod';
import { liveThrough, ReplayWorld } from '../support/replay-world.js';

let server: TestPostgres;
beforeAll(async () => {
  server = await startTestPostgres();
});
afterAll(() => server.stop());

const reportSchema = z.object({
  proven: z.boolean(),
  findingsTotal: z.number(),
  counts: z.record(z.string(), z.number()),
  snapshots: z.object({ compared: z.number(), discarded: z.number() }),
  findings: z.array(
    z.object({
      check: z.string(),
      detail: z.string(),
      stream: z.string().optional(),
      revision: z.string().optional(),
      table: z.string().optional(),
      key: z.string().optional(),
      field: z.string().optional(),
      stored: z.string().optional(),
      recomputed: z.string().optional(),
    }),
  ),
});

async function withWorld(check: (world: ReplayWorld) => Promise<void>): Promise<void> {
  const world = await ReplayWorld.create(await server.createDatabase());
  try {
    await liveThrough(world, 'acme');
    await liveThrough(world, 'bell');
    await world.accounts.snapshotsSaved();
    await world.project();
    await check(world);
  } finally {
    await world.close();
  }
}

async function audit(world: ReplayWorld, ...args: readonly string[]) {
  const { code, out } = await world.replay('verify', '--json', ...args);
  const report = reportSchema.parse(JSON.parse(out));
  expect(code).toBe(report.proven ? 0 : 1);
  return report;
}

const STREAM = 'account-acme';
const EVENT = `(select position from creditfold_events.events e join creditfold_events.streams s on s.id = e.stream_id
  where s.name = '${STREAM}' and revision = $1)`;

const swap = (from: number, to: number) => ({
  text: `update creditfold_events.events set revision = $2 where position = ${EVENT}`,
  values: [from, to],
});

describe('replay verify', () => {
  it('proves what the deciders wrote', () =>
    withWorld(async (world) => {
      const { code, out } = await world.replay('verify');
      expect(out).toContain('All is proven');
      expect(code).toBe(0);
      const report = await audit(world);
      expect(report).toMatchObject({ proven: true, findingsTotal: 0, snapshots: { compared: 2, discarded: 0 } });
      expect(report.counts).toMatchObject({ organisations: 2, passes: 1 });
      expect(report.counts['usageEvents']).toBeGreaterThan(70);
      expect((await audit(world, '--organisation', 'acme')).counts).toMatchObject({ organisations: 1 });
      expect((await audit(world, '--organisation', 'nobody')).proven).toBe(false);
    }));

  it.each<[string, string, string]>([
    [
      'one byte of an event',
      `update creditfold_events.events set data = set_byte(data, length(data) - 9, get_byte(data, length(data) - 9) # 1)
       where position = ${EVENT}`,
      'continue the chain',
    ],
    ['an event that was deleted', `delete from creditfold_events.events where position = ${EVENT}`, 'removed'],
  ])('names %s', (_name, text, detail) =>
    withWorld(async (world) => {
      await world.tamper({ text, values: [5] });
      const { findings } = await audit(world);
      const found = findings.filter(({ check, stream }) => check === 'streams' && stream === STREAM);
      expect(found.map((finding) => finding.detail)).toContainEqual(expect.stringContaining(detail));
      expect(['5', '6']).toContain(found[0]?.revision);
    }),
  );

  it('names the last event of all when it was deleted', () =>
    withWorld(async (world) => {
      await world.tamper({
        text: 'delete from creditfold_events.events where position = (select position from creditfold_events.heads)',
      });
      const { findings } = await audit(world);
      expect(findings).toContainEqual(
        expect.objectContaining({ check: 'streams', field: 'position', detail: 'the last events are missing' }),
      );
    }));

  it('names events that changed places', () =>
    withWorld(async (world) => {
      await world.tamper(swap(5, 9_999), swap(6, 5), swap(9_999, 6));
      const { findings } = await audit(world);
      expect(findings).toContainEqual(
        expect.objectContaining({
          check: 'streams',
          stream: STREAM,
          revision: '6',
          field: 'revision',
          recomputed: '5',
        }),
      );
    }));

  const tables = `select table_schema, table_name, column_name from information_schema.columns c
    join creditfold_reads.generations g on table_schema = 'creditfold_' || g.lane || '_' || g.generation
    where g.state = 'live' and column_name = any($1) and data_type = any(array['numeric', 'bigint', 'integer'])`;

  it('names the row of a read model that was altered, in each table', () =>
    withWorld(async (world) => {
      await world.closeCycles('acme', '2026-04-04T20:00:00Z');
      await world.project();
      const figures = ['balance_after', 'closing', 'ledger_time_ms', 'size_bytes', 'figure'];
      const { rows } = await world.sql.query<Record<string, string>>(tables, [figures]);
      const altered: { table: string; field: string }[] = [];
      for (const { table_schema: schema, table_name: table = '', column_name: field = '' } of rows) {
        const { rowCount } = await world.sql.query(
          `update ${schema}.${table} set ${field} = ${field} + 1
           where ctid = (select ctid from ${schema}.${table} where ${field} is not null limit 1)`,
        );
        if (rowCount === 1) altered.push({ table, field });
      }
      expect(altered.map(({ table }) => table)).toEqual(
        expect.arrayContaining([
          'accounts',
          'ledger_entries',
          'cycle_figures',
          'threshold_crossings',
          'quarantined_records',
          'usage_accounts',
        ]),
      );
      const [accounts] = rows.filter(({ table_name: table }) => table === 'usage_accounts');
      const usage = accounts?.['table_schema'];
      await world.sql.query(`update ${usage}.usage_totals set figures[1] = figures[1] + 1`);
      await world.sql.query(`update ${usage}.cycle_meters set meters = replace(meters, '"own":[', '"own":[1')`);
      await world.sql.query(`delete from ${usage}.usage_segments`);
      altered.push({ table: 'usage_totals', field: 'figures' });
      altered.push({ table: 'cycle_meters', field: 'meters' });
      altered.push({ table: 'usage_segments', field: 'row' });
      const { findings } = await audit(world);
      for (const row of altered)
        expect(findings).toContainEqual(expect.objectContaining({ check: 'read-models', ...row }));
    }));

  it('takes no harm from a snapshot that was corrupted', () =>
    withWorld(async (world) => {
      await world.tamper({
        text: `update creditfold_snapshots.snapshots set data = set_byte(data, 200, get_byte(data, 200) # 1)
          where stream = $1`,
        values: [STREAM],
      });
      expect(await audit(world)).toMatchObject({ proven: true, snapshots: { compared: 1, discarded: 1 } });
    }));

  it('splits into passes where memory is short, and proves the same', () =>
    withWorld(async (world) => {
      for (const name of ['cole', 'dora', 'eve', 'finn']) await liveThrough(world, name);
      const { verify } = await import('../../apps/replay/src/commands/verify.js');
      const { openStreams } = await import('../../apps/replay/src/open-streams.js');
      const streams = await openStreams({ DATABASE_URL: world.url });
      try {
        const whole = await verify(streams, {});
        const split = await verify(streams, { limits: { accountsMax: 4, identitiesMax: 1_000 } });
        expect(split.counts.passes).toBeGreaterThan(1);
        expect(split).toMatchObject({ isProven: true, counts: { ...whole.counts, passes: split.counts.passes } });
      } finally {
        await streams.close();
      }
    }));
});

/** An event in rows: one that was read has getters, which spreading would not copy. */
function inRows(event: UsageCharged): UsageCharged {
  const { type, atMs, feed, catalogVersion, uses, dimensions, groups } = event;
  const { draws, samples, refundGrants, payments, days, evidence } = event;
  return {
    type,
    atMs,
    feed,
    catalogVersion,
    uses,
    dimensions,
    groups,
    draws,
    samples,
    refundGrants,
    payments,
    days,
    evidence,
  };
}

/** Changes the first usage of the stream. */
const inUsage =
  (change: (event: UsageCharged) => Partial<UsageCharged>) =>
  (event: AccountEvent, revision: bigint): AccountEvent =>
    event.type === 'UsageCharged' && revision === 1n ? { ...inRows(event), ...change(event) } : event;

describe('replay verify of a forged history, whose chain was made again', () => {
  const [FIRST_LINE, PLUS] = [0, 7n];

  const raised = ({ evidence, groups, draws }: UsageCharged, isWhole: boolean): Partial<UsageCharged> => ({
    evidence: evidence.map((line, index) =>
      index !== FIRST_LINE
        ? line
        : { ...line, lines: line.lines.map((m, at) => (at === 0 ? { ...m, creditsNanos: m.creditsNanos + PLUS } : m)) },
    ),
    ...(isWhole && {
      groups: groups.map((group, at) => (at === 0 ? { ...group, creditsNanos: group.creditsNanos + PLUS } : group)),
      draws: draws.map((run, at) => (at === 0 ? { ...run, amountNanos: run.amountNanos + PLUS } : run)),
    }),
  });

  it.each<[string, string, (event: UsageCharged) => Partial<UsageCharged>]>([
    ['credits of one line alone', 'evidence', (event) => raised(event, false)],
    ['credits of a line, its group and its draw', 'rating', (event) => raised(event, true)],
    [
      'an identity charged twice',
      'identities',
      ({ evidence }) => ({
        evidence: evidence.map((line, index) =>
          index === 1 && evidence[0] !== undefined ? { ...line, id: evidence[0].id } : line,
        ),
      }),
    ],
    [
      'an offset decided twice',
      'offsets',
      ({ evidence }) => ({ evidence: evidence.map((line) => ({ ...line, offset: evidence[0]?.offset ?? 0n })) }),
    ],
    [
      'another price version',
      'rating',
      ({ uses }) => ({ uses: uses.map((use) => ({ ...use, effectiveFromMs: use.effectiveFromMs + 1 })) }),
    ],
    ['another catalog', 'rating', () => ({ catalogVersion: 9 })],
    [
      'a draw from a grant that is not there',
      'conservation',
      ({ draws }) => ({ draws: draws.map((run) => ({ ...run, grant: 'g-none' })) }),
    ],
  ])('names %s', (_name, check, change) =>
    withWorld(async (world) => {
      await world.forge(STREAM, inUsage(change));
      const { proven, findings } = await audit(world);
      expect(proven).toBe(false);
      const found = findings.filter((finding) => finding.stream === STREAM && finding.revision === '1');
      expect(found.map((finding) => finding.check)).toContain(check);
      expect(found.map((finding) => finding.check)).not.toContain('streams');
    }),
  );

  it('names a ledger entry that is not what its movements do', () =>
    withWorld(async (world) => {
      await world.forge(STREAM, (event) =>
        event.type === 'CreditsPurchased'
          ? { ...event, entries: event.entries.map((entry) => ({ ...entry, amountNanos: entry.amountNanos + 1n })) }
          : event,
      );
      const { findings } = await audit(world);
      expect(findings).toContainEqual(
        expect.objectContaining({ check: 'conservation', stream: STREAM, key: 'credits' }),
      );
    }));
});
