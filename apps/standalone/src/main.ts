import { withSecretFiles } from '@app/postgres';
import { Ending } from './ending.js';
import { runStandalone } from './run-standalone.js';
import { standaloneConfigFrom } from './standalone-config.js';

// Whoever reads our output may go first, as npm does when its group is ended.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

/** An expected error has a stable code and a message for people; of any other, the stack helps. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as { readonly code?: unknown };
  if (typeof code !== 'string') return error.stack ?? error.message;
  return error.message.startsWith(code) ? error.message : `${code}: ${error.message}`;
}

try {
  await runStandalone(standaloneConfigFrom(withSecretFiles(process.env)), new Ending());
  process.exit(0);
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
}
