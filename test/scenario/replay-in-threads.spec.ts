import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestPostgres, type TestPostgres } from '@app/postgres/testing';
import { z } from 'zod';
import { flipBit } from '../support/damage-streams.js';
import { liveThrough, ReplayWorld } from '../support/replay-world.js';
import { runApp } from '../support/run-app.js';

const ORGANISATIONS = ['acme', 'bell', 'core', 'dune', 'echo', 'foss', 'glen', 'hive'];
const DAMAGED = ['bell', 'core', 'glen'];
const THREADS = ['1', '2', '4'];

const reportSchema = z.object({
  proven: z.boolean(),
  findingsTotal: z.number(),
  counts: z.record(z.string(), z.number()),
  snapshots: z.record(z.string(), z.number()),
  checks: z.array(z.object({ check: z.string(), findings: z.number() })),
  findings: z.array(z.record(z.string(), z.string())),
});

let server: TestPostgres;
let world: ReplayWorld;
beforeAll(async () => {
  server = await startTestPostgres();
  world = await ReplayWorld.create(server.url);
  for (const organisation of ORGANISATIONS) await liveThrough(world, organisation);
  await world.accounts.snapshotsSaved();
  await world.project();
});
afterAll(async () => {
  await world.close();
  await server.stop();
});

/** What an audit says, but for the order in which its threads found what they found. */
async function audit(threads: string) {
  const args = ['verify', '--json', '--threads', threads];
  const { code, stdout, stderr } = await runApp('replay', args, { DATABASE_URL: server.url });
  expect([stderr, [0, 1]]).toEqual(['', expect.arrayContaining([code])]);
  const report = reportSchema.parse(JSON.parse(stdout));
  expect(code).toBe(report.proven ? 0 : 1);
  return { ...report, findings: new Set(report.findings.map((finding) => JSON.stringify(finding))) };
}

describe('replay verify in several threads', () => {
  it('proves and finds what it does in one', async () => {
    const [one, ...others] = await Promise.all(THREADS.map(audit));
    expect(one).toMatchObject({ proven: true, counts: { organisations: ORGANISATIONS.length } });
    for (const report of others) expect(report).toEqual(one);

    for (const organisation of DAMAGED) await flipBit(server.url, organisation);
    const [found, ...again] = await Promise.all(THREADS.map(audit));
    expect(found?.proven).toBe(false);
    for (const organisation of DAMAGED)
      expect([...(found?.findings ?? [])].join()).toContain(`account-${organisation}`);
    for (const report of again) expect(report).toEqual(found);
  });
});
