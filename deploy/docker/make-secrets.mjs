// Makes the secrets of a compose deployment, each once: `admin/key`, `database/password` and `database/url`.
// Usage: node deploy/docker/make-secrets.mjs /run/secrets postgres:5432
import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const [root, database] = process.argv.slice(2);
if (process.argv.length !== 4) throw new Error('usage: make-secrets.mjs <folder> <host:port>');

/** Keeps what is there; else writes it, whole or not at all. Answers what the file holds. */
function keep(name, secret) {
  const file = join(root, name);
  mkdirSync(dirname(file), { recursive: true });
  const beside = `${file}.${process.pid}`;
  // Readable by the users that other images run as; a volume is mounted only where it is needed.
  writeFileSync(beside, `${secret}\n`, { mode: 0o444 });
  try {
    linkSync(beside, file);
    process.stdout.write(`${file} was made\n`);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  } finally {
    rmSync(beside, { force: true });
  }
  return readFileSync(file, 'utf8').trim();
}

const random = () => randomBytes(32).toString('base64url');

keep('admin/key', `cf_${random()}`);
const password = keep('database/password', random());
keep('database/url', `postgres://creditfold:${password}@${database}/creditfold`);
