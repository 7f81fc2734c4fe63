import { InvalidSetting, withSecretFiles } from '@app/postgres';
import { Command } from 'commander';
import { BackfillFailed } from './backfill-failed.js';
import { findKey } from './find-key.js';
import { progressOn } from './progress.js';
import { runBackfill } from './run-backfill.js';
import type { BackfillTotals } from './run-backfill.js';

interface Flags {
  readonly type?: string;
  readonly source: string;
  readonly url: string;
  readonly adjust?: boolean;
  readonly wait?: boolean;
}

const program = new Command('backfill')
  .description(
    'Loads usage of the past from a file: CSV (id, time, org, dimensions, values) or NDJSON CloudEvents, also gzip',
  )
  .argument('<file>', 'rows may be in any order; they are sent in the order of time')
  .option('--type <type>', 'event type of rows that do not say it; needed where the catalog has several')
  // A constant: the same rows in a file of another name are the same events.
  .option('--source <source>', 'event source of rows that do not say it', 'backfill')
  .option('--url <url>', 'the API', `http://127.0.0.1:${process.env['PORT'] ?? '3000'}`)
  .option('--adjust', 'charge new usage of closed cycles now, instead of quarantining it')
  .option('--wait', 'return when the read models hold the last record')
  .showHelpAfterError();

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

function report({ events, organisations, sentMs, totalMs }: BackfillTotals): string {
  const sent = `${events} events of ${organisations} organisations sent in ${seconds(sentMs)}`;
  if (totalMs === null) return `${sent}.\n`;
  const rate = Math.round(events / Math.max(0.001, totalMs / 1000));
  return `${sent}, all of them in the read models after ${seconds(totalMs)} (${rate} events/s).\n`;
}

async function load(file: string, flags: Flags): Promise<void> {
  const totals = await runBackfill(
    {
      file,
      url: flags.url.replace(/\/+$/, ''),
      key: await findKey(withSecretFiles(process.env)),
      source: flags.source,
      type: flags.type,
      isAdjusting: flags.adjust === true,
      isWaiting: flags.wait === true,
    },
    progressOn(process.stderr),
  );
  process.stdout.write(report(totals));
}

function explain(error: unknown): string {
  if (error instanceof BackfillFailed) return error.message;
  if (error instanceof InvalidSetting) return `${error.code}: ${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

try {
  await program.action(load).parseAsync();
  // Nothing is left to do; connections that are kept alive must not keep the command.
  process.exit(0);
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
}
