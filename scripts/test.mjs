#!/usr/bin/env node
// Everything that Node alone can run: the checks, the unit tests, and the tests on the embedded parts.
// Arguments go to Jest: `npm test -- test/scenario` runs only those tests, without the checks.
import { prepare } from './prepare/prepare.mjs';
import { runCheck } from './testing/check-steps.mjs';
import { runJest } from './testing/run-jest.mjs';

const args = process.argv.slice(2);
const isWhole = args.length === 0;
const isChecked = !isWhole || (await runCheck({ withUnitTests: false }));
await prepare();
const isTested = await runJest('test', ['--selectProjects', 'unit', 'embedded'], args);
if (isWhole) {
  console.log(
    [
      'Not run: a real Kafka (npm run test:kafka), sample data (npm run test:data),',
      '  a real event store (npm run test:kurrentdb), full disks (npm run test:machine). The README says what they need.',
    ].join('\n'),
  );
}
process.exit(isChecked && isTested ? 0 : 1);
