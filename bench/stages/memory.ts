import { figureOf, percentile } from '../figure.js';
import type { Stage } from '../stage.js';

const MIB = 1024 * 1024;
/** A load is made for so long at once. */
const TURN_MS = 1_000;
/** Enough for most accounts to have some, by Zipf's law. */
const EVENTS_PER_ACCOUNT = 3;
const SHARED = { stage: 'memory', unit: 'MiB', better: 'lower' } as const;

/** Resident memory of the service's processes under a steady load, and whether it grows. */
export const memory: Stage = {
  name: 'memory',
  description: 'resident memory of the service under half of the full rate over many organisations',
  async run({ sizes: { steadyMs, growthOrganisations: organisations }, world, coldSpreadRate }) {
    await coldSpreadRate();
    const watched = { organisationPrefix: 'watched-', organisations };
    const rate = (await world.rateOf({ ...watched, name: 'watched', events: EVENTS_PER_ACCOUNT * organisations })) / 2;
    const samples: ReadonlyMap<string, number>[] = [];
    const startedMs = performance.now();
    while (performance.now() - startedMs < steadyMs) {
      const events = Math.ceil((rate * TURN_MS) / 1_000);
      const name = `steady-${samples.length}`;
      const { deliveries } = world.load({ ...watched, name, events });
      await world.publishSteadily(deliveries, rate);
      samples.push(await world.service.residentBytes());
    }
    const [identities, accounts] = [world.expected.events, world.expected.usedNanos.size].map((count) =>
      count.toLocaleString('en-GB'),
    );
    await world.api.drained();
    return Array.from(world.startedBytes, ([holder, startedBytes]) => {
      const mib = samples.map((sample) => (sample.get(holder) ?? Number.NaN) / MIB);
      const middle = mib.length >>> 1;
      return [
        figureOf({
          ...SHARED,
          figure: `${holder}, ${identities} identities, ${accounts} accounts`,
          value: percentile(mib, 1),
          baseline: 'as it had started',
          baselineValue: startedBytes / MIB,
        }),
        figureOf({
          ...SHARED,
          figure: `${holder}, median of the later half of ${Math.round(steadyMs / 1_000)} s`,
          value: percentile(mib.slice(middle), 0.5),
          baseline: 'of the earlier half',
          baselineValue: percentile(mib.slice(0, Math.max(1, middle)), 0.5),
        }),
      ];
    }).flat();
  },
};
