import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { FeedUnavailable, openUsageFeed, usageFeedSettingsFrom, type UsageFeed } from '@app/usage-feed';
import { startTestPostgres, type TestPostgres } from '@app/postgres/testing';
import { CollectingHandler, eventually } from '@app/usage-feed/testing';
import { AppProcess } from '../support/kafka/app-process.js';
import { Deployment } from '../support/kafka/deployment.js';
import { LIVE_OPTIONS, numbered, numbers } from '../support/kafka/kafka-under-test.js';
import { PASSWORD, startSecuredBroker, USER, type SecuredBroker } from '../support/kafka/secured-broker.js';

describe('a broker that asks for TLS and for who is there', () => {
  let broker: SecuredBroker;
  let feed: UsageFeed | undefined;
  let topic: string;
  beforeAll(async () => {
    broker = await startSecuredBroker();
  });
  afterAll(() => broker.stop());
  afterEach(async () => {
    await feed?.close();
    feed = undefined;
  });

  /** With the variables that an operator sets. */
  const open = async (settings: Readonly<Record<string, string>>): Promise<UsageFeed> => {
    topic = `usage-${randomUUID()}`;
    const env = { CREDITFOLD_TOPIC: topic, KAFKA_TLS: 'true', KAFKA_SESSION_TIMEOUT_MS: '6000', ...settings };
    feed = await openUsageFeed(usageFeedSettingsFrom(env), { clientId: 'test' });
    return feed;
  };
  const withPassword = (mechanism: string, given: Readonly<Record<string, string>> = {}): Record<string, string> => ({
    KAFKA_BROKERS: broker.withPassword,
    KAFKA_TLS_CA_FILE: broker.files.ca,
    KAFKA_SASL_MECHANISM: mechanism,
    KAFKA_SASL_USERNAME: USER,
    KAFKA_SASL_PASSWORD: PASSWORD,
    ...given,
  });
  const withCertificate = (): Record<string, string> => ({
    KAFKA_BROKERS: broker.withCertificate,
    KAFKA_TLS_CA_FILE: broker.files.ca,
    KAFKA_TLS_CERT_FILE: broker.files.cert,
    KAFKA_TLS_KEY_FILE: broker.files.key,
  });

  it.each<[string, () => Record<string, string>]>([
    ['plain', () => withPassword('plain')],
    ['scram-sha-256', () => withPassword('scram-sha-256')],
    ['scram-sha-512', () => withPassword('scram-sha-512')],
    ["a client's certificate", withCertificate],
  ])('takes and gives records by %s', async (_how, settings) => {
    const opened = await open(settings());
    await opened.ensureTopics([{ topic, timestamps: 'append', partitions: 2 }]);
    await opened.publish(topic, numbered(0, 20));
    const handler = new CollectingHandler();
    const consumer = opened.consumer({ ...LIVE_OPTIONS, topics: [topic] });
    await consumer.start(handler);
    await eventually('the records', () => handler.records.length === 20);
    expect(handler.values()).toEqual(numbers(0, 20));
    expect((await opened.readRecord({ topic, partition: handler.batches[0]?.partition ?? 0 }, 3n))?.value).toEqual(
      Buffer.from('3'),
    );
  });

  it.each<[string, () => Record<string, string>, RegExp]>([
    ['a wrong password (plain)', () => withPassword('plain', { KAFKA_SASL_PASSWORD: 'guess' }), /KAFKA_SASL_PASSWORD/],
    [
      'a wrong password (scram)',
      () => withPassword('scram-sha-512', { KAFKA_SASL_PASSWORD: 'guess' }),
      /KAFKA_SASL_PASSWORD/,
    ],
    [
      "an authority that is not the broker's",
      () => withPassword('plain', { KAFKA_TLS_CA_FILE: broker.files.otherCa }),
      /self-signed certificate.*KAFKA_TLS_CA_FILE/,
    ],
    [
      'no certificate of the client',
      () => ({ ...withCertificate(), KAFKA_TLS_CERT_FILE: '', KAFKA_TLS_KEY_FILE: '' }),
      /KAFKA_TLS_CERT_FILE/,
    ],
    ['no TLS', () => withPassword('plain', { KAFKA_TLS: 'false', KAFKA_TLS_CA_FILE: '' }), /KAFKA_TLS/],
  ])('says what is wrong, and what to look at: %s', async (_what, settings, message) => {
    const opened = await open(settings());
    for (const attempt of [
      opened.ensureTopics([{ topic, timestamps: 'append', partitions: 1 }]),
      opened.publish(topic, numbered(0, 1)),
    ]) {
      await expect(attempt).rejects.toBeInstanceOf(FeedUnavailable);
      await expect(attempt).rejects.toThrow(message);
      await expect(attempt).rejects.not.toThrow('guess');
    }
  });

  describe('and whose clients are the processes', () => {
    let postgres: TestPostgres;
    let deployment: Deployment;
    beforeAll(async () => {
      postgres = await startTestPostgres();
      deployment = await Deployment.start({
        brokers: broker.plain,
        databaseUrl: await postgres.createDatabase(),
        partitions: 3,
        env: {
          KAFKA_BROKERS: broker.withPassword,
          KAFKA_TLS: 'true',
          KAFKA_TLS_CA_FILE: broker.files.ca,
          KAFKA_SASL_MECHANISM: 'scram-sha-512',
          KAFKA_SASL_USERNAME: USER,
          KAFKA_SASL_PASSWORD: PASSWORD,
        },
      });
      await (await deployment.addAggregator()).ready();
    });
    afterAll(async () => {
      await deployment.stop();
      await postgres.stop();
    });

    it('I2, I3: usage over HTTP and of producers is charged', async () => {
      await deployment.send(deployment.usage.make(50));
      const raw = `[${deployment.usage
        .make(50)
        .map(({ json }) => json)
        .join(',')}]`;
      const headers = { 'content-type': 'application/cloudevents-batch+json' };
      expect((await deployment.client.post('/v1/events', { raw, headers })).status).toBe(202);
      expect(await deployment.differences()).toEqual([]);
    });

    it.each<[string, () => Record<string, string>, RegExp]>([
      ['a wrong password', () => ({ KAFKA_SASL_PASSWORD: 'guess' }), /FeedUnavailable: .*KAFKA_SASL_PASSWORD/],
      [
        'another authority',
        () => ({ KAFKA_TLS_CA_FILE: broker.files.otherCa }),
        /FeedUnavailable: .*KAFKA_TLS_CA_FILE/,
      ],
      ['no such file', () => ({ KAFKA_TLS_CA_FILE: '/none.pem' }), /InvalidSetting: KAFKA_TLS_CA_FILE/],
    ])('end at once with %s, and say so', async (_what, changed, message) => {
      for (const app of ['aggregator', 'api']) {
        const { code, output } = await (await AppProcess.spawn(app, { ...deployment.env, ...changed() })).ended;
        expect({ app, code, output }).toEqual({ app, code: 1, output: expect.stringMatching(message) });
        expect(output).not.toContain('guess');
      }
    });
  });
});
