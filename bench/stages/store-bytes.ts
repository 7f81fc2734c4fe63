import { gzipSync } from 'node:zlib';
import { onDatabase } from '../baselines/database.js';
import { figureOf } from '../figure.js';
import { usageLoad } from '../load/usage-load.js';
import type { Stage } from '../stage.js';

/** Gzip looks back no further than 32 KiB: more events would not be smaller. */
const SAMPLE_EVENTS = 100_000;
const HOUR_MS = 3_600_000;

/** The event store's tables with their indexes, beside gzip of the events' texts as they were sent. */
export const storeBytes: Stage = {
  name: 'bytes',
  description: 'bytes of the event store per usage event, beside gzip of the raw events',
  async run({ sizes, world, coldSpreadRate }) {
    await coldSpreadRate();
    const stored = await onDatabase(await world.databaseUrl(), 1, async ([client]) => {
      const answer = await client?.query<{ readonly bytes: string }>(
        `select sum(pg_total_relation_size(oid)) as bytes from pg_class
         where relnamespace = 'creditfold_events'::regnamespace and relkind = 'r'`,
      );
      return Number(answer?.rows[0]?.bytes);
    });
    const sample = { name: 'gzip', events: Math.min(sizes.events, SAMPLE_EVENTS), organisationPrefix: 'org-' };
    const span = { organisations: sizes.organisations, fromMs: Date.now() - HOUR_MS, toMs: Date.now() };
    const texts = usageLoad({ ...sample, ...span }).deliveries.map(({ text }) => text);
    return [
      figureOf({
        stage: this.name,
        figure: 'event store per usage event, indexes included',
        value: stored / world.expected.events,
        unit: 'bytes',
        baseline: 'gzip of such raw events, all in one',
        baselineValue: gzipSync(texts.join('\n')).length / texts.length,
        better: 'lower',
      }),
    ];
  },
};
