import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { onDatabase } from '../baselines/database.js';
import { figureOf, percentile, timed } from '../figure.js';
import type { Stage } from '../stage.js';
import type { World } from '../system/world.js';

const POLL_MS = 2;
const VISIBLE_MS = 60_000;
const PAUSE_MS = 20;

/** At half of the full rate: from publishing an event to reading the balance that it changed. */
export const visibleBalance: Stage = {
  name: 'visible',
  description: 'publish to visible balance at half load, beside one INSERT and one SELECT',
  async run({ sizes, world, spreadRate }) {
    const rate = (await spreadRate()) / 2;
    const { deliveries } = world.load({
      name: 'half',
      events: Math.ceil((rate * sizes.halfLoadMs) / 1_000),
      organisationPrefix: 'org-',
      organisations: sizes.organisations,
    });
    const url = await world.databaseUrl();
    const { ours, plain } = await onDatabase(url, 1, async ([client]) => {
      if (client === undefined) throw new Error('no connection');
      await client.query('create table bench.events (id serial primary key, used numeric not null)');
      const under = { isOver: false };
      const load = world.publishSteadily(deliveries, rate).finally(() => (under.isOver = true));
      const [probed] = await Promise.all([probe(world, client, under), load]);
      return probed;
    });
    const baseline = 'one INSERT and one SELECT, then';
    const shared = { stage: this.name, unit: 'ms', baseline, better: 'lower' } as const;
    return [50, 99].map((percent) =>
      figureOf({
        ...shared,
        figure: `publish to visible balance, p${percent}, half load`,
        value: percentile(ours, percent / 100),
        baselineValue: percentile(plain, percent / 100),
      }),
    );
  },
};

/** Both ways in turn, so that both meet the same load. */
async function probe(world: World, client: Client, under: { readonly isOver: boolean }) {
  const [ours, plain]: [number[], number[]] = [[], []];
  // The first one opens the account, which is not what is asked.
  let seen = await publishAndSee(world, -1, '0');
  for (let index = 0; !under.isOver; index += 1) {
    ours.push(await timed(async () => (seen = await publishAndSee(world, index, seen))));
    plain.push(await timed(() => insertAndSelect(client)));
    await sleep(PAUSE_MS);
  }
  return { ours, plain };
}

/** Resolves with the credits used, when they are others than those `seen` before. */
async function publishAndSee(world: World, index: number, seen: string): Promise<string> {
  const { deliveries } = world.load({
    name: `probe${index}`,
    events: 1,
    organisationPrefix: 'probe-',
    organisations: 1,
  });
  const giveUpAt = performance.now() + VISIBLE_MS;
  await world.publish(deliveries);
  for (;;) {
    const used = await world.api.usedBy('probe-0');
    if (used !== undefined && used !== seen) return used;
    if (performance.now() > giveUpAt) throw new Error('a probe never became visible');
    await sleep(POLL_MS);
  }
}

async function insertAndSelect(client: Client): Promise<void> {
  await client.query({ name: 'insert', text: 'insert into bench.events (used) values ($1)', values: ['0.5'] });
  await client.query({ name: 'newest', text: 'select used from bench.events order by id desc limit 1' });
}
