import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail } from './fail.mjs';
import { ROOT } from './paths.mjs';

/** The oldest Node is named once, in package.json: `"engines": {"node": ">=20.19"}`. */
export function requireNodeVersion(version = process.versions.node) {
  const { engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const oldest = engines.node.replace('>=', '').split('.').map(Number);
  const actual = version.split('.').map(Number);
  const isOld = actual[0] < oldest[0] || (actual[0] === oldest[0] && actual[1] < oldest[1]);
  if (isOld) fail(`NodeTooOld: this is Node ${version}; Creditfold needs ${engines.node} (https://nodejs.org).`);
}
