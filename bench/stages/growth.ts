import { figureOf } from '../figure.js';
import type { Stage } from '../stage.js';
import type { World } from '../system/world.js';

const FEW = 10;
const SHARED = { stage: 'growth', unit: 'µs', better: 'lower' } as const;

/** Processor time of the service and its Postgres an event: as the store grows tenfold, and over more organisations. */
export const growth: Stage = {
  name: 'growth',
  description: 'processor time an event as events and organisations become more',
  async run({ sizes: { growthEvents, growthOrganisations, organisations }, world }) {
    const tenth = Math.ceil(growthEvents / 10);
    const grown = { organisationPrefix: 'grown-', organisations };
    const first = await costOf(world, { ...grown, name: 'first', events: tenth });
    await world.rateOf({ ...grown, name: 'between', events: growthEvents - 2 * tenth });
    const last = await costOf(world, { ...grown, name: 'last', events: tenth });
    const few = { name: 'few', events: tenth, organisationPrefix: 'few-', organisations: FEW };
    const many = { name: 'many', events: tenth, organisationPrefix: 'many-', organisations: growthOrganisations };
    // Twice each, since opening the accounts is paid once: what is asked is the cost of usage.
    await world.rateOf({ ...few, name: 'few-open' });
    await world.rateOf({ ...many, name: 'many-open' });
    const fewCost = await costOf(world, few);
    return [
      figureOf({
        ...SHARED,
        figure: `CPU an event, the last tenth of ${inWords(growthEvents)}`,
        value: last,
        baseline: 'the first tenth',
        baselineValue: first,
      }),
      figureOf({
        ...SHARED,
        figure: `CPU an event, over ${inWords(growthOrganisations)} organisations`,
        value: await costOf(world, many),
        baseline: `over ${FEW}`,
        baselineValue: fewCost,
      }),
    ];
  },
};

async function costOf(world: World, load: Parameters<World['rateOf']>[0]): Promise<number> {
  const beforeUs = await world.serviceCpuUs();
  await world.rateOf(load);
  return ((await world.serviceCpuUs()) - beforeUs) / load.events;
}

const inWords = (count: number): string => count.toLocaleString('en-GB');
