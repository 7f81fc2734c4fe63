import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestPostgres, type TestPostgres } from '@app/postgres/testing';
import { liveThrough, ReplayWorld } from '../support/replay-world.js';

let server: TestPostgres;
beforeAll(async () => {
  server = await startTestPostgres();
});
afterAll(() => server.stop());

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

describe('replay verify', () => {
  it('proves what the deciders wrote', () =>
    withWorld(async (world) => {
      const { code, out } = await world.replay('verify');
      expect(out).toContain('All is proven');
      expect(code).toBe(0);
      const json = JSON.parse((await world.replay('verify', '--json')).out);
      expect(json).toMatchObject({ proven: true, findingsTotal: 0, counts: { organisations: 2, passes: 1 } });
      expect(json.snapshots.compared).toBe(2);
    }));
});
