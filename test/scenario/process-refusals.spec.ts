import { describe, expect, it } from '@jest/globals';
import { runApp } from '../support/run-app.js';

const DATABASE_URL = 'postgres://nobody@127.0.0.1:1/none';
const KAFKA_BROKERS = '127.0.0.1:1';
/** What a developer's shell may hold counts as absent. */
const NOTHING = { DATABASE_URL: '', KAFKA_BROKERS: '', KURRENTDB_URL: '', CREDITFOLD_ADMIN_KEY: '' };

describe('a process that lacks what it needs names all of it, and exits with 1', () => {
  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['aggregator', {}, 'DATABASE_URL and KAFKA_BROKERS must be set.'],
    ['aggregator', { DATABASE_URL }, 'KAFKA_BROKERS must be set.'],
    ['aggregator', { DATABASE_URL, KAFKA_BROKERS, KURRENTDB_URL: 'http://x' }, 'KURRENTDB_URL is not usable'],
    ['aggregator', { DATABASE_URL, KAFKA_BROKERS, KAFKA_SASL_USERNAME: 'me' }, 'KAFKA_SASL_MECHANISM and KAFKA_SASL'],
    ['projector', {}, 'DATABASE_URL must be set.'],
    ['projector', { DATABASE_URL: 'mysql://x' }, 'DATABASE_URL has to begin with postgres://'],
    ['api', {}, 'DATABASE_URL, KAFKA_BROKERS and CREDITFOLD_ADMIN_KEY must be set.'],
    ['api', { DATABASE_URL, CREDITFOLD_ADMIN_KEY: 'x'.repeat(32) }, 'KAFKA_BROKERS must be set.'],
    ...['aggregator', 'projector', 'api', 'standalone'].map(
      (app): [string, Readonly<Record<string, string>>, string] => [
        app,
        { DATABASE_URL_FILE: '/none' },
        'DATABASE_URL_FILE cannot be read',
      ],
    ),
    ['standalone', { KAFKA_BROKERS: 'kafka' }, 'KAFKA_BROKERS has to be host:port'],
    ['standalone', { KAFKA_TLS: 'true' }, 'KAFKA_BROKERS must be set, because KAFKA_TLS is.'],
    ['standalone', { KURRENTDB_URL: 'esdb://127.0.0.1:1' }, 'KURRENTDB_URL is not usable'],
  ])('%s with %j', async (app, env, message) => {
    const { code, stdout, stderr } = await runApp(app, [], { ...NOTHING, ...env });
    expect({ code, text: stdout + stderr }).toEqual({
      code: 1,
      text: expect.stringContaining(`InvalidSetting: ${message}`),
    });
    // A message for people, not a stack.
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
