import { join } from 'node:path';
import { ROOT } from '../prepare/paths.mjs';
import { prepare } from '../prepare/prepare.mjs';
import { runCommand } from '../prepare/run-command.mjs';
import { runJest } from './run-jest.mjs';

const FOLDERS = ['apps', 'libs', 'test', 'bench', 'deploy', 'examples', 'scripts'];
const bin = (name) => join(ROOT, 'node_modules', '.bin', name);

const STEPS = [
  [
    'format',
    bin('prettier'),
    [
      '--check',
      '--log-level',
      'warn',
      ...FOLDERS.map((folder) => `${folder}/**/*.{ts,mjs}`),
      '--no-error-on-unmatched-pattern',
    ],
  ],
  ['lint', bin('oxlint'), ['--type-aware', '--deny-warnings', ...FOLDERS.filter((folder) => folder !== 'scripts')]],
  ['types', bin('tsc'), ['--noEmit', '-p', 'tsconfig.json']],
  ['layers', bin('depcruise'), ['--output-type', 'err', ...FOLDERS.filter((folder) => folder !== 'scripts')]],
  ['dead code', bin('knip'), []],
];

/** Runs every step and says which failed; resolves to whether all passed. */
export async function runCheck({ withUnitTests }) {
  await prepare({ needsBuild: false });
  const failed = [];
  for (const [name, program, args] of STEPS) {
    const startedAt = Date.now();
    const code = await runCommand(program, args, { output: 'stdout' });
    console.log(`${code === 0 ? 'passed' : 'FAILED'}  ${name} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
    if (code !== 0) failed.push(name);
  }
  if (withUnitTests && !(await runJest('unit', ['--selectProjects', 'unit']))) failed.push('unit tests');
  if (failed.length > 0) console.log(`check failed: ${failed.join(', ')}`);
  return failed.length === 0;
}
