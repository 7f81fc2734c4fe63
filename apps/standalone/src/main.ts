import { withSecretFiles } from '@app/postgres';
import { Ending } from './ending.js';
import { explainFault } from './explain-fault.js';
import { runStandalone } from './run-standalone.js';
import { standaloneConfigFrom } from './standalone-config.js';

// Whoever reads our output may go first, as npm does when its group is ended; and a full disk takes no more of it.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

try {
  await runStandalone(standaloneConfigFrom(withSecretFiles(process.env)), new Ending());
  process.exit(0);
} catch (error) {
  const { code, message } = explainFault(error);
  process.stderr.write(`${code}: ${message}\n`);
  process.exit(1);
}
