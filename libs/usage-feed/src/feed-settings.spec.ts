import { describe, expect, it } from '@jest/globals';
import { usageFeedSettingsFrom } from './feed-settings.js';

const KAFKA = { KAFKA_BROKERS: 'one:9092, two:9092', DATABASE_URL: 'postgres://db/x' };
const SASL = { KAFKA_SASL_MECHANISM: 'scram-sha-512', KAFKA_SASL_USERNAME: 'me', KAFKA_SASL_PASSWORD: 'secret' };
const BROKERS = { brokers: ['one:9092', 'two:9092'], topic: 'usage.v1' };

describe('usageFeedSettingsFrom', () => {
  it.each([
    ['Postgres where nothing says Kafka', { DATABASE_URL: 'postgres://db/x' }, { databaseUrl: 'postgres://db/x' }],
    ['an empty variable', { DATABASE_URL: 'postgres://db/x', KAFKA_BROKERS: '' }, { databaseUrl: 'postgres://db/x' }],
    ['Kafka before Postgres', KAFKA, BROKERS],
    ['a topic', { ...KAFKA, CREDITFOLD_TOPIC: 'mine' }, { ...BROKERS, topic: 'mine' }],
    ['an IPv6 broker', { KAFKA_BROKERS: '[::1]:9092' }, { ...BROKERS, brokers: ['[::1]:9092'] }],
    ['TLS by the system’s authorities', { ...KAFKA, KAFKA_TLS: 'true' }, { ...BROKERS, tls: {} }],
    [
      'TLS with an authority',
      { ...KAFKA, KAFKA_TLS: 'true', KAFKA_TLS_CA_FILE: 'ca.pem' },
      { ...BROKERS, tls: { caFile: 'ca.pem' } },
    ],
    [
      'SASL',
      { ...KAFKA, ...SASL },
      { ...BROKERS, sasl: { mechanism: 'scram-sha-512', username: 'me', password: 'secret' } },
    ],
    ['a session', { ...KAFKA, KAFKA_SESSION_TIMEOUT_MS: '6000' }, { ...BROKERS, sessionTimeoutMs: 6000 }],
  ])('%s', (_name, env, settings) => {
    expect(usageFeedSettingsFrom(env)).toEqual(settings);
  });

  it.each([
    ['nothing', {}, 'KAFKA_BROKERS or DATABASE_URL'],
    ['another database', { DATABASE_URL: 'mysql://db' }, 'DATABASE_URL'],
    ['a broker without port', { KAFKA_BROKERS: 'one' }, 'KAFKA_BROKERS'],
    ['an url as broker', { KAFKA_BROKERS: 'kafka://one:9092' }, 'KAFKA_BROKERS'],
    ['TLS without Kafka', { DATABASE_URL: 'postgres://db/x', KAFKA_TLS: 'true' }, 'KAFKA_BROKERS must be set'],
    ['TLS in other words', { ...KAFKA, KAFKA_TLS: 'yes' }, 'KAFKA_TLS has'],
    ['an authority without TLS', { ...KAFKA, KAFKA_TLS_CA_FILE: 'ca.pem' }, 'KAFKA_TLS has'],
    ['half a certificate', { ...KAFKA, KAFKA_TLS: 'true', KAFKA_TLS_CERT_FILE: 'c' }, 'KAFKA_TLS_KEY_FILE'],
    ['half of SASL', { ...KAFKA, KAFKA_SASL_USERNAME: 'me' }, 'KAFKA_SASL_MECHANISM and KAFKA_SASL_PASSWORD must'],
    ['another mechanism', { ...KAFKA, ...SASL, KAFKA_SASL_MECHANISM: 'gssapi' }, 'KAFKA_SASL_MECHANISM has'],
    ['a short session', { ...KAFKA, KAFKA_SESSION_TIMEOUT_MS: '5999' }, 'KAFKA_SESSION_TIMEOUT_MS'],
  ])('refuses %s by its name', (_name, env, words) => {
    expect(() => usageFeedSettingsFrom(env)).toThrow(words);
  });
});
