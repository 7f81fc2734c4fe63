#!/usr/bin/env node
// Real usage through the real commands, compared with independent figures to the last nano-credit.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fail } from './prepare/fail.mjs';
import { ROOT } from './prepare/paths.mjs';
import { prepare } from './prepare/prepare.mjs';
import { runJest } from './testing/run-jest.mjs';

const samples = resolve(ROOT, process.env.CREDITFOLD_SAMPLES ?? '../shared/data');
if (!existsSync(join(samples, 'catalog.json'))) {
  fail(`SamplesMissing: there is no sample data in ${samples}; name its folder in CREDITFOLD_SAMPLES.`);
}
process.env.CREDITFOLD_SAMPLES = samples;
await prepare();
process.exit((await runJest('data', ['--selectProjects', 'data'], process.argv.slice(2))) ? 0 : 1);
