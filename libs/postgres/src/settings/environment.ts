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

/** `HOST` and `PORT` of what a process serves: 127.0.0.1 and 3000; port 0 is any free one. @throws {InvalidSetting} */
export function addressIn(env: Environment): { readonly host: string; readonly port: number } {
  const text = settingIn(env, 'PORT') ?? '3000';
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new InvalidSetting('PORT has to be a number from 0 to 65535.');
  return { host: settingIn(env, 'HOST') ?? '127.0.0.1', port };
}
