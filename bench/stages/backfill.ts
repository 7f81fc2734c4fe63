import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { figureOf, perSecond, timed, WrongTotal } from '../figure.js';
import type { Stage } from '../stage.js';
import { runProgram } from '../system/run-program.js';
import { ADMIN_KEY, environmentFor, makeDirectory, removeDirectory } from '../system/service.js';

const PAST_MS = 3 * 24 * 3_600_000;

/** The backfill command from its start to caught-up read models, beside reading and parsing its file. */
export const backfill: Stage = {
  name: 'backfill',
  description: 'a file of history to caught-up read models, beside reading and parsing it',
  async run({ sizes, world }) {
    const { deliveries } = world.load({
      name: 'past',
      events: sizes.backfillEvents,
      // Accounts of their own: a file of history is loaded before its accounts' live usage.
      organisationPrefix: 'past-',
      organisations: sizes.organisations,
      fromMs: Date.now() - PAST_MS,
    });
    const directory = await makeDirectory();
    try {
      const file = join(directory, 'usage.ndjson');
      await writeFile(file, deliveries.map(({ text }) => `${text}\n`).join(''));
      const parsingMs = await timed(() => parseAll(file, deliveries.length));
      const env = { ...environmentFor(world.service.dataDir), CREDITFOLD_API_KEY: ADMIN_KEY };
      const ms = await timed(() => runProgram('backfill', [file, '--url', world.api.url, '--wait'], env));
      return [
        figureOf({
          stage: this.name,
          figure: 'file to read models, the command included',
          value: perSecond(deliveries.length, ms),
          unit: 'events/s',
          baseline: 'reading and parsing the file',
          baselineValue: perSecond(deliveries.length, parsingMs),
          better: 'higher',
        }),
      ];
    } finally {
      await removeDirectory(directory);
    }
  },
};

async function parseAll(file: string, expectedLines: number): Promise<void> {
  let lines = 0;
  for await (const line of createInterface({ input: createReadStream(file) }))
    if (typeof JSON.parse(line) === 'object') lines += 1;
  if (lines !== expectedLines) throw new WrongTotal(`the file has ${lines} events, not ${expectedLines}`);
}
