import { describe, expect, it } from '@jest/globals';
import { projectorSettingsFrom } from './projector-settings.js';

const DATABASE_URL = 'postgres://127.0.0.1/x';
const STREAMS = { databaseUrl: DATABASE_URL };

describe('projectorSettingsFrom', () => {
  it.each([
    [
      { DATABASE_URL },
      { databaseUrl: DATABASE_URL, streams: STREAMS, host: '127.0.0.1', port: 3000, logLevel: 'info' },
    ],
    [
      { DATABASE_URL, PORT: '0', HOST: '::1', LOG_LEVEL: 'warn' },
      { databaseUrl: DATABASE_URL, streams: STREAMS, host: '::1', port: 0, logLevel: 'warn' },
    ],
  ])('%j', (env, settings) => {
    expect(projectorSettingsFrom(env)).toEqual(settings);
  });

  it.each([
    [{}, 'DATABASE_URL'],
    [{ DATABASE_URL: '' }, 'DATABASE_URL'],
    [{ DATABASE_URL, PORT: '70000' }, 'PORT'],
    [{ DATABASE_URL, PORT: 'x' }, 'PORT'],
    [{ DATABASE_URL, KURRENTDB_URL: 'http://x' }, 'KURRENTDB_URL'],
  ])('%j is refused by its name', (env, name) => {
    expect(() => projectorSettingsFrom(env)).toThrow(name);
  });
});
