#!/usr/bin/env node
// Prints `N passed, N failed` over the result files of the runs before. A run that left none counts as failed.
// Usage: node scripts/sum-results.mjs <failed runs> <results>...
import { readFileSync } from 'node:fs';

const [failedRuns = '0', ...files] = process.argv.slice(2);
let passed = 0;
let failed = 0;
for (const file of files) {
  try {
    const result = JSON.parse(readFileSync(file, 'utf8'));
    passed += result.numPassedTests;
    // A file that does not even load has no tests to count, and has failed.
    failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
  } catch {
    failed += 1;
  }
}
// A failed run without a failed test failed elsewhere: in a check, a build, or at its end.
if (Number(failedRuns) > 0 && failed === 0) failed = Number(failedRuns);
console.log(`${passed} passed, ${failed} failed`);
