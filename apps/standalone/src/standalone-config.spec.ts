import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { settings, standaloneConfigFrom } from './standalone-config.js';

const KEY = 'k'.repeat(32);

describe('settings of standalone', () => {
  it('has a default for everything', () => {
    expect(standaloneConfigFrom({})).toEqual({
      PORT: 3000,
      HOST: '127.0.0.1',
      CREDITFOLD_DATA_DIR: './data',
      CREDITFOLD_TOPIC: 'usage.v1',
      CREDITFOLD_FEED_RETENTION: 86_400_000,
      LOG_LEVEL: 'info',
    });
  });

  it.each([
    ['PORT', '0', 0],
    ['PORT', '65535', 65_535],
    ['PORT', '', 3000],
    ['CREDITFOLD_FEED_RETENTION', 'PT1H', 3_600_000],
    ['CREDITFOLD_FEED_RETENTION', 'P2D', 172_800_000],
    ['CREDITFOLD_ADMIN_KEY', KEY, KEY],
    ['DATABASE_URL', 'postgresql://db/credits', 'postgresql://db/credits'],
    ['KAFKA_BROKERS', 'one:9092,two:9092', 'one:9092,two:9092'],
    ['KURRENTDB_URL', 'esdb://one:2113?tls=false', 'esdb://one:2113?tls=false'],
    ['LOG_LEVEL', 'debug', 'debug'],
  ] as const)('takes %s=%s', (name, text, value) => {
    expect(standaloneConfigFrom({ [name]: text })[name]).toBe(value);
  });

  it.each([
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '80a'],
    ['CREDITFOLD_FEED_RETENTION', '24h'],
    ['CREDITFOLD_ADMIN_KEY', 'short'],
    ['DATABASE_URL', 'mysql://db'],
    ['LOG_LEVEL', 'loud'],
    ['KAFKA_BROKERS', 'kafka'],
    ['KURRENTDB_URL', 'https://one:2113'],
  ])('refuses %s=%s and names it', (name, text) => {
    expect(() => standaloneConfigFrom({ [name]: text })).toThrow(`InvalidSetting: ${name} `);
  });

  it('stands in docs/operations.md, variable by variable', () => {
    const page = readFileSync('docs/operations.md', 'utf8');
    const documented = [...page.matchAll(/^\| `([A-Z_]+)`/gm)].map(([, name]) => name);
    expect(new Set(documented)).toEqual(new Set(Object.keys(settings.shape)));
  });
});
