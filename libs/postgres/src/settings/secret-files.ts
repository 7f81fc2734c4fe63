import { readFileSync } from 'node:fs';
import { settingIn, type Environment } from './environment.js';
import { InvalidSetting } from './invalid-setting.js';

/** Variables that hold a secret. Each can be given by a file instead: `DATABASE_URL_FILE=/run/secrets/database-url`. */
export const SECRET_VARIABLES = [
  'DATABASE_URL',
  'KURRENTDB_URL',
  'KAFKA_SASL_PASSWORD',
  'CREDITFOLD_ADMIN_KEY',
  'CREDITFOLD_API_KEY',
  'CREDITFOLD_PAYMENT_WEBHOOK_SECRET',
  'CREDITFOLD_STRIPE_SECRET_KEY',
  'CREDITFOLD_SMTP_URL',
] as const;

/** A file above this holds no secret. */
const BYTES_MAX = 64 * 1024;

/**
 * The environment with every secret that a file holds. To be called once, first: nobody else then knows where it came
 * from. White space around a secret is not a part of it. @throws {InvalidSetting} for a file that cannot be read or is
 * empty, and where both the secret and its file are set; never with what the file holds
 */
export function withSecretFiles(env: Environment): Environment {
  const secrets = SECRET_VARIABLES.flatMap((name) => {
    const path = settingIn(env, `${name}_FILE`);
    if (path === undefined) return [];
    // Which of the two was meant is not ours to guess.
    if (settingIn(env, name) !== undefined) throw new InvalidSetting(`${name} and ${name}_FILE are both set.`);
    return [[name, secretOf(name, path)]];
  });
  return { ...env, ...Object.fromEntries(secrets) };
}

function secretOf(name: string, path: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new InvalidSetting(`${name}_FILE cannot be read (${code}): ${path}.`, { cause });
  }
  const secret = bytes.byteLength <= BYTES_MAX ? bytes.toString('utf8').trim() : '';
  if (secret !== '') return secret;
  throw new InvalidSetting(`${name}_FILE names a file that holds no secret: ${path}.`);
}
