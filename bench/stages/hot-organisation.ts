import { figureOf } from '../figure.js';
import type { Stage } from '../stage.js';

/** All usage of one organisation, beside the same over all of them. */
export const hotOrganisation: Stage = {
  name: 'hot',
  description: 'one hot organisation, beside the figure over 1,000',
  async run({ sizes, world, spreadRate }) {
    const baselineValue = await spreadRate();
    const load = { name: 'hot', events: sizes.hotEvents, organisationPrefix: 'hot-', organisations: 1 };
    const value = await world.rateOf(load);
    return [
      figureOf({
        stage: this.name,
        figure: 'publish to read models, one organisation',
        value,
        unit: 'events/s',
        baseline: 'the same over 1,000 organisations',
        baselineValue,
        better: 'higher',
      }),
    ];
  },
};
