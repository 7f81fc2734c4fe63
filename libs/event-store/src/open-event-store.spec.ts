import { describe, expect, it } from '@jest/globals';
import { eventStoreSettingsFrom } from './open-event-store.js';

const DATABASE_URL = 'postgres://db/x';

describe('eventStoreSettingsFrom', () => {
  it.each([
    [{ DATABASE_URL }, { databaseUrl: DATABASE_URL }],
    [{ DATABASE_URL, KURRENTDB_URL: '' }, { databaseUrl: DATABASE_URL }],
    [{ DATABASE_URL, KURRENTDB_URL: 'esdb://h:2113?tls=false' }, { kurrentUrl: 'esdb://h:2113?tls=false' }],
  ])('%j', (env, settings) => {
    expect(eventStoreSettingsFrom(env)).toEqual(settings);
  });

  it.each([
    [{}, 'KURRENTDB_URL or DATABASE_URL'],
    [{ DATABASE_URL: 'mysql://x' }, 'DATABASE_URL'],
    [{ DATABASE_URL, KURRENTDB_URL: 'http://h:2113' }, 'KURRENTDB_URL is not usable'],
    [{ DATABASE_URL, KURRENTDB_URL: 'esdb://h:2113' }, 'KURRENTDB_URL is not usable'],
  ])('refuses %j by its name', (env, words) => {
    expect(() => eventStoreSettingsFrom(env)).toThrow(words);
  });
});
