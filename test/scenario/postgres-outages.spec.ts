import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { faultMs } from '../support/fault-ms.js';
import { DeploymentOnPostgres } from '../support/postgres/deployment-on-postgres.js';

const CRASHES = 3;
/** Of each kind of statement: so many are committed while their client hears of a reset connection. */
const LOST_REPLIES = 6;
/** Every partition's reader tries once a second, and every producer of the test some twenty times; a loop, thousands. */
const ATTEMPTS_PER_SECOND_MAX = 400;
const LINES_IN_TEN_SECONDS = 100;

/** Whole lines of each part's log by what they say: the last one may still be on its way. */
function linesByMessage(output: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  for (const line of output.split('\n').slice(0, -1)) {
    if (!line.startsWith('{')) continue;
    const { name, msg } = JSON.parse(line) as { readonly name?: string; readonly msg: string };
    const message = `${name}: ${msg}`;
    lines.set(message, (lines.get(message) ?? 0) + 1);
  }
  return lines;
}

describe('outages of Postgres under load', () => {
  let deployment: DeploymentOnPostgres;
  beforeAll(async () => {
    deployment = await DeploymentOnPostgres.start();
  });
  afterAll(() => deployment.stop());

  it('I1-I4: stopped at once and started again in the middle of commits, again and again (F5)', async () => {
    await deployment.underLoad(async () => {
      for (let crash = 0; crash < CRASHES; crash += 1) {
        await deployment.postgres.stopImmediately();
        await deployment.restartPostgres();
        await sleep(faultMs(10_000, 1_000));
      }
    });
    expect(await deployment.figures()).toEqual(deployment.figuresDue);
  });

  it('I8, I10: away for a while: everything waits without a hot loop, says so, and goes on by itself (F6)', async () => {
    await deployment.underLoad(async () => {
      await deployment.postgres.stopImmediately();
      const before = { attempts: deployment.proxy.attempts, printed: deployment.app.output.length };
      const startedMs = performance.now();
      await eventually('health is red', async () => (await deployment.client.get('/health/ready')).status === 503);
      await eventually('nobody is told 202', () => deployment.lastStatuses.every((status) => status === 503));
      expect((await deployment.client.get('/v1/organisations/acme/balance')).status).toBe(503);
      await sleep(faultMs(50_000, 5_000));
      const seconds = (performance.now() - startedMs) / 1_000;
      expect((deployment.proxy.attempts - before.attempts) / seconds).toBeLessThan(ATTEMPTS_PER_SECOND_MAX);
      const lines = linesByMessage(deployment.app.output.slice(before.printed));
      expect(Math.max(...lines.values())).toBeLessThanOrEqual(LINES_IN_TEN_SECONDS * (seconds / 10 + 2));
      await deployment.restartPostgres();
    });
    await eventually('health is green', async () => (await deployment.client.get('/health/ready')).status === 200);
    expect(await deployment.figures()).toEqual(deployment.figuresDue);
  });

  it.each([
    ['appends to the streams', 'event-store:append'],
    ['appends to the feed', 'feed-append'],
    ["commits of the read models' rows", 'commit'],
  ])('I2: connections are cut after %s, whose replies are lost (F7)', async (_what, marker) => {
    await deployment.underLoad(async () => {
      deployment.proxy.loseReplies(marker, LOST_REPLIES);
      await eventually('replies are lost', () => deployment.proxy.repliesToLose === 0);
    });
    expect(await deployment.figures()).toEqual(deployment.figuresDue);
  });

  it('I1-I5, I7, I13: the auditor proves all that happened here, and every row of the read models', async () =>
    expect(await deployment.verified()).toMatchObject({ code: 0 }));
});
