import { figureOf, percentile } from '../figure.js';
import type { Stage } from '../stage.js';
import type { World } from '../system/world.js';

const MIB = 1024 * 1024;
/** A load is made for so long at once. */
const TURN_MS = 1_000;
const SHARED = { stage: 'memory', unit: 'MiB', better: 'lower' } as const;

/** Resident memory of the whole service in one process (the aggregator is a part of it), and whether it grows. */
export const memory: Stage = {
  name: 'memory',
  description: 'resident memory of the service under a steady load at half of the full rate',
  async run({ sizes: { steadyMs, organisations }, world, spreadRate }) {
    const rate = (await spreadRate()) / 2;
    const samples: number[] = [];
    const startedMs = performance.now();
    while (performance.now() - startedMs < steadyMs) {
      const events = Math.ceil((rate * TURN_MS) / 1_000);
      const name = `steady-${samples.length}`;
      const { deliveries } = world.load({ name, events, organisationPrefix: 'org-', organisations });
      await world.publishSteadily(deliveries, rate);
      samples.push(await residentMib(world));
    }
    const middle = samples.length >>> 1;
    const [earlier, later] = [samples.slice(0, Math.max(1, middle)), samples.slice(middle)];
    const identities = world.expected.events.toLocaleString('en-GB');
    await world.api.drained();
    return [
      figureOf({
        ...SHARED,
        figure: `the whole service, ${identities} identities in the window`,
        value: percentile(later, 1),
        baseline: 'as it had started',
        baselineValue: world.startedBytes / MIB,
      }),
      figureOf({
        ...SHARED,
        figure: `median of the later half of ${Math.round(steadyMs / 1_000)} s`,
        value: percentile(later, 0.5),
        baseline: 'of the earlier half',
        baselineValue: percentile(earlier, 0.5),
      }),
    ];
  },
};

const residentMib = async (world: World): Promise<number> => (await world.api.residentBytes()) / MIB;
