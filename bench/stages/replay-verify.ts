import { onDatabase } from '../baselines/database.js';
import { figureOf, perSecond, timed } from '../figure.js';
import type { Stage } from '../stage.js';
import { runProgram } from '../system/run-program.js';
import { environmentFor } from '../system/service.js';

const PAGE = 500;

interface Report {
  readonly proven: boolean;
  readonly counts: { readonly usageEvents: number };
  readonly durationMs: { readonly streams: number };
}

/**
 * Proving every line from the streams, as a user gets it by default, beside only reading the same rows (they are stored
 * as they are: none inflates). What the stages before have left is audited; alone, the load of both spread stages is.
 */
export const replayVerify: Stage = {
  name: 'verify',
  description: 'replay verify, beside reading the same rows',
  async run({ world, spreadRate }) {
    await spreadRate();
    await world.api.drained();
    const said = await runProgram('replay', ['verify', '--json'], environmentFor(world.service.dataDir));
    const { proven, counts, durationMs } = JSON.parse(said) as Report;
    if (!proven) throw new Error(`replay verify proves nothing: ${said.slice(0, 2_000)}`);
    const readingMs = await timed(async () => readRows(await world.databaseUrl()));
    return [
      figureOf({
        stage: this.name,
        figure: 'replay verify, the streams',
        value: perSecond(counts.usageEvents, durationMs.streams),
        unit: 'lines/s',
        baseline: 'reading the same rows',
        baselineValue: perSecond(counts.usageEvents, readingMs),
        better: 'higher',
      }),
    ];
  },
};

async function readRows(url: string): Promise<void> {
  await onDatabase(url, 1, async ([client]) => {
    let position = '0';
    for (;;) {
      const found = await client?.query<{ readonly position: string; readonly data: Buffer }>({
        name: 'rows',
        text: `select position::text, data from creditfold_events.events where position > $1 order by position limit ${PAGE}`,
        values: [position],
      });
      const last = found?.rows.at(-1);
      if (last === undefined) return;
      ({ position } = last);
    }
  });
}
