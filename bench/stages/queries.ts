import { onDatabase } from '../baselines/database.js';
import { startBareRoute } from '../baselines/bare-route.js';
import { figureOf, perSecond, timed, type Figure } from '../figure.js';
import type { Stage } from '../stage.js';
import { AUTHORIZATION } from '../system/api.js';

const CLIENTS = 8;
/** So that the key's budget of queries is full again before the next measurement. */
const ACCOUNTS_ASKED = 50;

/** Balance and gate, beside a bare Fastify route with one prepared SELECT. */
export const queries: Stage = {
  name: 'queries',
  description: 'balance and gate, beside a bare Fastify route with one SELECT',
  async run({ sizes, world, spreadRate }) {
    await spreadRate();
    const databaseUrl = await world.standalone.databaseUrl();
    const baselineValue = await onDatabase(databaseUrl, 1, async ([client]) => {
      await client?.query('create table bench.balances (organisation text primary key, used numeric not null)');
      await client?.query(`insert into bench.balances select 'org-' || n, n from generate_series(0, 999) n`);
      const route = await startBareRoute(databaseUrl);
      try {
        return await rateOf(sizes.queries, (organisation) => `${route.url}/balances/${organisation}`);
      } finally {
        await route.stop();
      }
    });
    const figure = (name: string, value: number): Figure =>
      figureOf({
        stage: this.name,
        figure: name,
        value,
        unit: 'requests/s',
        baseline: 'a bare Fastify route, one prepared SELECT',
        baselineValue,
        better: 'higher',
      });
    const account = `${world.api.url}/v1/organisations`;
    return [
      figure('GET balance', await rateOf(sizes.queries, (organisation) => `${account}/${organisation}/balance`)),
      figure(
        'GET gate',
        await rateOf(sizes.queries, (organisation) => `${account}/${organisation}/gate?pool=credits&estimate=1`),
      ),
    ];
  },
};

/** Requests a second of eight clients, over the largest accounts in turn; the first round is not counted. */
async function rateOf(requests: number, urlFor: (organisation: string) => string): Promise<number> {
  await ask(ACCOUNTS_ASKED, urlFor);
  return perSecond(requests, await timed(() => ask(requests, urlFor)));
}

async function ask(requests: number, urlFor: (organisation: string) => string): Promise<void> {
  let next = 0;
  const askInTurn = async (): Promise<void> => {
    while (next < requests) {
      const url = urlFor(`org-${next++ % ACCOUNTS_ASKED}`);
      const answer = await fetch(url, { headers: AUTHORIZATION });
      const text = await answer.text();
      if (answer.status !== 200) throw new Error(`${url}: ${answer.status} ${text}`);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, askInTurn));
}
