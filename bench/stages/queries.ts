import { startBareRoute } from '../baselines/bare-route.js';
import { onDatabase } from '../baselines/database.js';
import { figureOf, percentile, type Figure } from '../figure.js';
import { fullRateOf, steadyP99Of, type AskRoute, type FullRate } from '../load/measure-route.js';
import type { Stage } from '../stage.js';
import { ask } from '../system/http-client.js';

const CLIENTS = 8;
/** Of all routes in turn, so that they meet the same machine. The first, which compiles them, is not counted. */
const ROUNDS = 4;
const ACCOUNTS_ASKED = 50;

interface Route {
  readonly name: string;
  readonly ask: AskRoute;
}

/** Medians of the rounds. */
interface Measured extends FullRate {
  readonly halfP99Ms: number;
}

/** Balance and gate, beside a bare Fastify route with one prepared SELECT. */
export const queries: Stage = {
  name: 'queries',
  description: 'balance and gate, beside a bare Fastify route with one SELECT',
  async run({ sizes, world, coldSpreadRate }) {
    await coldSpreadRate();
    const databaseUrl = await world.databaseUrl();
    // Each client has a key of its own: one key's budget of queries is less than what the service can answer.
    const keys = await world.api.makeReadKeys(CLIENTS);
    return onDatabase(databaseUrl, 1, async ([client]) => {
      await client?.query('create table bench.balances (organisation text primary key, used numeric not null)');
      await client?.query(`insert into bench.balances select 'org-' || n, n from generate_series(0, 999) n`);
      const route = await startBareRoute(databaseUrl);
      try {
        const account = `${world.api.url}/v1/organisations`;
        const measured = await measureInTurn(
          [
            routeOf('bare', keys, (organisation) => `${route.url}/balances/${organisation}`),
            routeOf('GET balance', keys, (organisation) => `${account}/${organisation}/balance`),
            routeOf('GET gate', keys, (organisation) => `${account}/${organisation}/gate?pool=credits&estimate=1`),
          ],
          sizes.queries,
        );
        return figuresOf(measured);
      } finally {
        await route.stop();
      }
    });
  },
};

/** Asks for the largest accounts in turn. */
function routeOf(name: string, keys: readonly string[], urlOf: (organisation: string) => string): Route {
  const headers = keys.map((key) => ({ authorization: `Bearer ${key}` }));
  return {
    name,
    ask: async (nth) => {
      const url = urlOf(`org-${nth % ACCOUNTS_ASKED}`);
      const { status, text } = await ask(url, { headers: headers[nth % headers.length] ?? {} });
      if (status !== 200) throw new Error(`${url}: ${status} ${text}`);
    },
  };
}

async function measureInTurn(routes: readonly Route[], requests: number): Promise<ReadonlyMap<string, Measured>> {
  const rounds = new Map(routes.map(({ name }) => [name, [] as Measured[]]));
  for (let round = 0; round < ROUNDS; round += 1)
    for (const { name, ask: askRoute } of routes) {
      const full = await fullRateOf(askRoute, { clients: CLIENTS, requests });
      const halfP99Ms = await steadyP99Of(askRoute, full.perSecond / 2, requests);
      if (round > 0) rounds.get(name)?.push({ ...full, halfP99Ms });
    }
  const medianOf = (each: readonly Measured[], field: keyof Measured): number =>
    percentile(
      each.map((measured) => measured[field]),
      0.5,
    );
  return new Map(
    [...rounds].map(([name, each]) => [
      name,
      {
        perSecond: medianOf(each, 'perSecond'),
        p99Ms: medianOf(each, 'p99Ms'),
        halfP99Ms: medianOf(each, 'halfP99Ms'),
      },
    ]),
  );
}

function figuresOf(measured: ReadonlyMap<string, Measured>): readonly Figure[] {
  const told = { stage: 'queries', baseline: 'a bare Fastify route, one prepared SELECT' };
  const bare = measured.get('bare');
  if (bare === undefined) throw new Error('the bare route was not measured');
  const ours = [...measured].filter(([name]) => name !== 'bare');
  return ours.flatMap(([name, { perSecond, p99Ms, halfP99Ms }]) => {
    const ms = { ...told, unit: 'ms', better: 'lower' } as const;
    return [
      figureOf({
        ...told,
        figure: name,
        value: perSecond,
        unit: 'requests/s',
        baselineValue: bare.perSecond,
        better: 'higher',
      }),
      figureOf({ ...ms, figure: `${name}, p99 at its full rate`, value: p99Ms, baselineValue: bare.p99Ms }),
      figureOf({ ...ms, figure: `${name}, p99 at half of it`, value: halfP99Ms, baselineValue: bare.halfP99Ms }),
    ];
  });
}
