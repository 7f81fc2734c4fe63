import { gzipSync } from 'node:zlib';
import { onDatabase } from '../baselines/database.js';
import { figureOf } from '../figure.js';
import { usageLoad } from '../load/usage-load.js';
import type { Stage } from '../stage.js';

/** Gzip looks back no further than 32 KiB: more events would not be smaller. */
const SAMPLE_EVENTS = 100_000;
const HOUR_MS = 3_600_000;

/** Of all tables of such schemas, with their indexes. */
const BYTES = `
  select coalesce(sum(pg_total_relation_size(oid)), 0) as bytes from pg_class
  where relnamespace::regnamespace::text ~ $1 and relkind = 'r'`;
const EVENT_STORE = '^creditfold_events$';
/** One schema for each lane and generation, beside the one that names them. */
const READ_MODELS = '^creditfold_(accounts|usage|reads)';

/** The tables of the event store, and apart those of the read models, beside gzip of the events' texts as they were sent. */
export const storeBytes: Stage = {
  name: 'bytes',
  description: 'bytes of the event store, and of the read models, per usage event, beside gzip of the raw events',
  async run({ sizes, world, coldSpreadRate }) {
    await coldSpreadRate();
    const bytesOf = await onDatabase(await world.databaseUrl(), 1, async ([client]) => {
      const answer = async (schemas: string): Promise<number> => {
        const found = await client?.query<{ readonly bytes: string }>(BYTES, [schemas]);
        return Number(found?.rows[0]?.bytes);
      };
      return { store: await answer(EVENT_STORE), readModels: await answer(READ_MODELS) };
    });
    const sample = { name: 'gzip', events: Math.min(sizes.events, SAMPLE_EVENTS), organisationPrefix: 'org-' };
    const span = { organisations: sizes.organisations, fromMs: Date.now() - HOUR_MS, toMs: Date.now() };
    const texts = usageLoad({ ...sample, ...span }).deliveries.map(({ text }) => text);
    const baselineValue = gzipSync(texts.join('\n')).length / texts.length;
    return [
      { figure: 'event store per usage event, indexes included', value: bytesOf.store },
      { figure: 'read models per usage event, indexes included', value: bytesOf.readModels },
    ].map(({ figure, value }) =>
      figureOf({
        stage: this.name,
        figure,
        value: value / world.expected.events,
        unit: 'bytes',
        baseline: 'gzip of such raw events, all in one',
        baselineValue,
        better: 'lower',
      }),
    );
  },
};
