import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../prepare/paths.mjs';
import { runCommand } from '../prepare/run-command.mjs';

/** Where runs leave their results as JSON, for whoever adds them up. */
const RESULTS = join(ROOT, 'coverage', 'results');
const JEST = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');

/** Runs what the selection, arguments of Jest, names; resolves to whether everything passed. */
export async function runJest(name, selection, args = []) {
  mkdirSync(RESULTS, { recursive: true });
  const outputs = ['--json', `--outputFile=${join(RESULTS, `${name}.json`)}`];
  const code = await runCommand(
    process.execPath,
    // Nest 12 is published as ES modules only, which Jest loads behind this flag.
    ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', JEST, ...selection, ...outputs, ...args],
    { output: 'ignore' },
  );
  return code === 0;
}
