import { describe, expect, it } from '@jest/globals';
import { processSettingsFrom } from './process-settings.js';

const SET = { DATABASE_URL: 'postgres://db', KAFKA_BROKERS: 'one:9092, two:9092' };

describe('settings of the aggregator process', () => {
  it.each([
    ['nothing', {}, 'DATABASE_URL and KAFKA_BROKERS must be set.'],
    ['no brokers', { DATABASE_URL: 'postgres://db' }, 'KAFKA_BROKERS must be set.'],
    ['an empty variable', { ...SET, DATABASE_URL: '' }, 'DATABASE_URL must be set.'],
    ['a port that is none', { ...SET, PORT: '70000' }, 'PORT has to be a whole number from 0 to 65535'],
    ['a cache of no size', { ...SET, CREDITFOLD_ACCOUNT_CACHE_MIB: '1' }, 'CREDITFOLD_ACCOUNT_CACHE_MIB has to be'],
    ['streams that are nowhere', { ...SET, KURRENTDB_URL: 'http://x' }, 'KURRENTDB_URL is not usable'],
  ])('%s: names what is wrong', (_name, env, message) => {
    expect(() => processSettingsFrom(env)).toThrow(message);
  });

  it('has defaults for the rest', () => {
    expect(processSettingsFrom(SET)).toEqual({
      databaseUrl: 'postgres://db',
      feed: { brokers: ['one:9092', 'two:9092'], topic: 'usage.v1' },
      streams: { databaseUrl: 'postgres://db' },
      topic: 'usage.v1',
      accountCacheBytes: 448 * 1024 * 1024,
      port: 3000,
      host: '127.0.0.1',
      logLevel: 'info',
    });
  });

  it('finds the streams in KurrentDB', () => {
    const kurrentUrl = 'esdb://127.0.0.1:2113?tls=false';
    expect(processSettingsFrom({ ...SET, KURRENTDB_URL: kurrentUrl }).streams).toEqual({ kurrentUrl });
  });
});
