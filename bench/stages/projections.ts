import { openEventStore, START, type EventStore } from '@app/event-store';
import { LANES, ReadModels, rebuildLane } from '@app/read-models';
import { cpuFigures, type Figure } from '../figure.js';
import type { Stage } from '../stage.js';
import { cpuPerEvent } from '../system/cpu-time.js';

const PAGE_EVENTS = 1_000;

/** Each lane of the read models built anew beside the running service, beside reading the same streams. */
export const projections: Stage = {
  name: 'projections',
  description: 'processor time of building each read model, beside reading the same streams',
  async run({ world, coldSpreadRate }) {
    await coldSpreadRate();
    await world.api.drained();
    const { url, pid } = await world.service.postgres();
    const { store } = await openEventStore({ databaseUrl: url });
    try {
      const models = await ReadModels.connect({ url, name: 'bench' });
      try {
        const { events } = world.expected;
        const plain = await cpuPerEvent(pid, events, () => readAll(store));
        const figures: Figure[] = [];
        for (const lane of LANES) {
          const build = (): Promise<unknown> => rebuildLane({ generations: models.generations, store, lane });
          const told = { stage: this.name, figure: `lane ${lane}`, baseline: 'reading the same streams' };
          figures.push(...cpuFigures(told, await cpuPerEvent(pid, events, build), plain));
        }
        return figures;
      } finally {
        await models.close();
      }
    } finally {
      await store.close();
    }
  },
};

async function readAll(store: EventStore): Promise<void> {
  let after = START;
  for (;;) {
    const page = await store.readAll({ after, maxCount: PAGE_EVENTS });
    if (page.events.length === 0) return;
    after = page.position;
  }
}
