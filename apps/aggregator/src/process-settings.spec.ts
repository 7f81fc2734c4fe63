import { describe, expect, it } from '@jest/globals';
import { processSettingsFrom } from './process-settings.js';

const SET = { DATABASE_URL: 'postgres://db', KAFKA_BROKERS: 'one:9092, two:9092' };

describe('settings of the aggregator process', () => {
  it.each([
    ['nothing', {}, 'DATABASE_URL and KAFKA_BROKERS must be set.'],
    ['no brokers', { DATABASE_URL: 'postgres://db' }, 'KAFKA_BROKERS must be set.'],
    ['an empty variable', { ...SET, DATABASE_URL: '' }, 'DATABASE_URL must be set.'],
    ['a port that is none', { ...SET, PORT: '70000' }, 'PORT has to be a number'],
    ['another event store', { ...SET, KURRENTDB_URL: 'esdb://x' }, 'KURRENTDB_URL is set'],
  ])('%s: names what is wrong', (_name, env, message) => {
    expect(() => processSettingsFrom(env)).toThrow(message);
  });

  it('has defaults for the rest', () => {
    const settings = processSettingsFrom(SET);
    expect(settings).toMatchObject({
      brokers: ['one:9092', 'two:9092'],
      topic: 'usage.v1',
      port: 3000,
      host: '127.0.0.1',
    });
  });
});
