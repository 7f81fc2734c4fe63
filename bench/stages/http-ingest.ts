import { serverCopy } from '../baselines/server-copy.js';
import { figureOf, perSecond, timed } from '../figure.js';
import type { Stage } from '../stage.js';

const BATCH = 500;

/** POST /v1/events by one client, one request at a time, while the aggregator folds; beside COPY of the same bytes. */
export const httpIngest: Stage = {
  name: 'ingest',
  description: 'HTTP ingest in batches of 500, one client, beside COPY of the same bytes',
  async run({ sizes, world }) {
    const { deliveries } = world.load({
      name: 'http',
      events: sizes.httpEvents,
      organisationPrefix: 'org-',
      organisations: sizes.organisations,
    });
    const batches: string[][] = [];
    for (let at = 0; at < deliveries.length; at += BATCH)
      batches.push(deliveries.slice(at, at + BATCH).map(({ text }) => text));
    const ms = await timed(async () => {
      for (const batch of batches) await world.api.postEvents(batch);
    });
    await world.api.drained();
    return [
      figureOf({
        stage: this.name,
        figure: 'POST /v1/events, acknowledged',
        value: perSecond(deliveries.length, ms),
        unit: 'events/s',
        baseline: 'COPY of the same bytes, same batches',
        baselineValue: await serverCopy(await world.databaseUrl(), batches),
        better: 'higher',
      }),
    ];
  },
};
