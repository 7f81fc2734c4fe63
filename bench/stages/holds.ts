import type { Client } from 'pg';
import { onDatabase } from '../baselines/database.js';
import { figureOf, percentile } from '../figure.js';
import { askSteadily, type Asked } from '../load/ask-steadily.js';
import type { Stage } from '../stage.js';
import type { World } from '../system/world.js';

const ACCOUNTS = 50;
const OPENING_EVENTS = 1_000;
/** A baseline's statement for every so many gates and holds: it is measured under the load, and is none. */
const ASKS_PER_STATEMENT = 20;
const HOLD_MS = 60_000;

/** Gates and holds at a steady rate while usage flows at half of the full one. */
export const holds: Stage = {
  name: 'holds',
  description: 'gates and holds at half load, beside one SELECT and one INSERT',
  async run({ sizes, world, spreadRate }) {
    const rate = (await spreadRate()) / 2;
    const accounts = { organisationPrefix: 'held-', organisations: ACCOUNTS };
    await world.publish(world.load({ ...accounts, name: 'held', events: OPENING_EVENTS }).deliveries);
    await world.api.drained();
    const { deliveries } = world.load({
      name: 'holds',
      events: Math.ceil((rate * sizes.halfLoadMs) / 1_000),
      organisationPrefix: 'org-',
      organisations: sizes.organisations,
    });
    const asked = await onDatabase(await world.databaseUrl(), 1, async ([client]) => {
      if (client === undefined) throw new Error('no connection');
      await client.query('create table bench.holds (id serial primary key, amount numeric not null)');
      const under = { isOver: false };
      const load = world.publishSteadily(deliveries, rate).finally(() => (under.isOver = true));
      const asking = askSteadily({ perSecond: sizes.asksPerSecond, under, ask: askerOf(world, client) });
      const [latencies] = await Promise.all([asking, load]);
      return latencies;
    });
    const p99 = (kind: string): number => percentile(asked.get(kind) ?? [], 0.99);
    return [
      { figure: 'GET gate', value: p99('gate'), baseline: 'one SELECT', baselineValue: p99('select') },
      { figure: 'POST holds', value: p99('hold'), baseline: 'one INSERT', baselineValue: p99('insert') },
    ].map((told) =>
      figureOf({
        ...told,
        stage: this.name,
        figure: `${told.figure}, p99, ${sizes.asksPerSecond}/s with holds and gates, half load`,
        unit: 'ms',
        better: 'lower',
      }),
    );
  },
};

/** Gates and holds in turn over all accounts, and now and then the statements of the baseline. */
function askerOf(world: World, client: Client): (index: number) => readonly Asked[] {
  const ours = (index: number): Asked => {
    const organisation = `held-${(index >> 1) % ACCOUNTS}`;
    if (index % 2 === 0) {
      const gate = `/v1/organisations/${organisation}/gate?pool=credits&estimate=0.001`;
      return { kind: 'gate', answered: world.api.get(gate) };
    }
    const expiresAt = new Date(Date.now() + HOLD_MS).toISOString();
    return { kind: 'hold', answered: world.api.hold(organisation, { pool: 'credits', amount: '0.001', expiresAt }) };
  };
  const statements = (): readonly Asked[] => [
    { kind: 'select', answered: client.query({ name: 'newest', text: 'select max(id) from bench.holds' }) },
    {
      kind: 'insert',
      answered: client.query({ name: 'hold', text: 'insert into bench.holds (amount) values ($1)', values: ['0.001'] }),
    },
  ];
  return (index) => [ours(index), ...(index % ASKS_PER_STATEMENT === 0 ? statements() : [])];
}
