#!/usr/bin/env node
// Everything that needs no process, broker or database: format, lint, types, layers, dead code, unit tests.
// Every step runs, so that one look shows all there is to mend; the exit code is 1 when any failed.
import { runCheck } from './testing/check-steps.mjs';

process.exit((await runCheck({ withUnitTests: true })) ? 0 : 1);
