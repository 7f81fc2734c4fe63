import { perEventSql } from '../baselines/per-event-sql.js';
import { figureOf } from '../figure.js';
import { usageLoad } from '../load/usage-load.js';
import type { Stage } from '../stage.js';

const NAIVE_SQL = 'insert + balance upsert per event';

/** Publish to caught-up read models on the embedded feed, beside the naive way on the same server. */
export const endToEnd: Stage = {
  name: 'end-to-end',
  description: 'publish to caught-up read models, beside per-event SQL',
  async run({ sizes, world, coldSpreadRate, spreadRate }) {
    const coldRate = await coldSpreadRate();
    const rate = await spreadRate();
    const { deliveries } = usageLoad({
      name: 'sql',
      events: sizes.sqlEvents,
      organisationPrefix: 'org-',
      organisations: sizes.organisations,
      fromMs: 0,
      toMs: 1,
    });
    const baselineValue = await perEventSql(await world.databaseUrl(), deliveries);
    const compared = {
      stage: this.name,
      unit: 'events/s',
      baseline: NAIVE_SQL,
      baselineValue,
      better: 'higher',
    } as const;
    const figure = 'publish to read models, 1,000 organisations';
    return [
      figureOf({ ...compared, figure: `${figure}, a service that has just started`, value: coldRate }),
      figureOf({ ...compared, figure, value: rate }),
    ];
  },
};
