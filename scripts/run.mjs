#!/usr/bin/env node
// Usage: node scripts/run.mjs <app> [arguments]
// Installs and builds what is missing, then becomes the app: signals reach it, and its exit code is this one's.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fail } from './prepare/fail.mjs';
import { ROOT } from './prepare/paths.mjs';
import { prepare } from './prepare/prepare.mjs';

const [app, ...args] = process.argv.slice(2);
const folder = app === 'bench' ? 'bench' : join('apps', app ?? '', 'src');
if (app === undefined || !existsSync(join(ROOT, folder))) fail(`UnknownApp: there is no apps/${app ?? ''}.`);
await prepare();
const main = join(ROOT, 'dist', folder, 'main.js');
process.argv = [process.execPath, main, ...args];
process.setSourceMapsEnabled(true);
await import(pathToFileURL(main).href);
