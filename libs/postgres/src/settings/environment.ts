import { InvalidSetting } from './invalid-setting.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The variable's text; an empty one counts as absent, as compose files and service managers leave them. */
export function settingIn(env: Environment, name: string): string | undefined {
  const text = env[name]?.trim();
  return text === undefined || text === '' ? undefined : text;
}

/** The server of `DATABASE_URL`; undefined where there is none. @throws {InvalidSetting} for another scheme */
export function databaseUrlIn(env: Environment): string | undefined {
  const url = settingIn(env, 'DATABASE_URL');
  if (url === undefined || /^postgres(ql)?:\/\//.test(url)) return url;
  throw new InvalidSetting('DATABASE_URL has to begin with postgres://.');
}

/** Says everything that is missing at once, so that nobody finds it out one start at a time. @throws {InvalidSetting} */
export function requireSettings(env: Environment, names: readonly string[]): void {
  const missing = names.filter((name) => settingIn(env, name) === undefined);
  if (missing.length === 0) return;
  const list = missing.length === 1 ? missing.join() : `${missing.slice(0, -1).join(', ')} and ${missing.at(-1)}`;
  throw new InvalidSetting(`${list} must be set.`);
}

/** A whole number within bounds. @throws {InvalidSetting} */
export function wholeNumberIn(
  env: Environment,
  name: string,
  { min, max, otherwise }: { readonly min: number; readonly max: number; readonly otherwise: number },
): number {
  const text = settingIn(env, name);
  if (text === undefined) return otherwise;
  const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new InvalidSetting(`${name} has to be a whole number from ${min} to ${max}.`);
}

/** `HOST` and `PORT` of what a process serves: 127.0.0.1 and 3000; port 0 is any free one. @throws {InvalidSetting} */
export function addressIn(env: Environment): { readonly host: string; readonly port: number } {
  const port = wholeNumberIn(env, 'PORT', { min: 0, max: 65_535, otherwise: 3_000 });
  return { host: settingIn(env, 'HOST') ?? '127.0.0.1', port };
}
