import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPool } from '@app/postgres';
import { startTestPostgres, type TestPostgres } from '@app/postgres/testing';
import { faultMs } from '../support/fault-ms.js';
import { kafkaClass, kafkaJars } from '../support/kafka/broker.mjs';
import { Deployment, SESSION_MS } from '../support/kafka/deployment.js';
import { testBrokers } from '../support/kafka/kafka-under-test.js';

const PARTITIONS = 6;

/** Kafka's own producer picks payloads at random: a hundred times as many records as payloads miss none. */
const JAVA_PAYLOADS = 50;
const JAVA_RECORDS = 5_000;

async function produceByJava(deployment: Deployment, file: string): Promise<void> {
  const args = ['--topic', deployment.topic, '--num-records', `${JAVA_RECORDS}`, '--throughput', '-1'];
  const run = spawn(
    'java',
    kafkaClass(kafkaJars(), 'org.apache.kafka.tools.ProducerPerformance', [
      ...args,
      '--payload-file',
      file,
      '--bootstrap-server',
      deployment.brokers,
      '--command-property',
      'compression.type=lz4',
      'acks=all',
    ]),
    { stdio: 'ignore' },
  );
  expect(await once(run, 'exit')).toEqual([0, null]);
}

describe('processes on a real broker', () => {
  let postgres: TestPostgres;
  let deployment: Deployment;
  let databaseUrl: string;
  let scratch: string;
  beforeAll(async () => {
    postgres = await startTestPostgres();
    databaseUrl = await postgres.createDatabase();
    scratch = await mkdtemp(join(tmpdir(), 'payloads-'));
    deployment = await Deployment.start({ brokers: testBrokers().join(','), databaseUrl, partitions: PARTITIONS });
    const members = await Promise.all([deployment.addAggregator(), deployment.addAggregator()]);
    await Promise.all(members.map((member) => member.ready()));
  });
  afterAll(async () => {
    await deployment.stop();
    await postgres.stop();
    await rm(scratch, { recursive: true });
  });

  it('I2, I9: usage of two kinds of producers, all of it twice, and records that are no usage (F17, F18, F23)', async () => {
    const file = join(scratch, 'payloads.ndjson');
    const payloads = deployment.usage.make(JAVA_PAYLOADS);
    await writeFile(file, payloads.map(({ json }) => json).join('\n'));
    const events = deployment.usage.make(5_000);
    const [single] = deployment.usage.make(1);
    await Promise.all([produceByJava(deployment, file), deployment.send(events)]);
    await Promise.all([produceByJava(deployment, file), deployment.send(events)]);
    if (single !== undefined) await deployment.send(Array.from({ length: 1_000 }, () => single));
    const conflicting = single?.json.replace(/"input_tokens":\d+/, '"input_tokens":7') ?? '';
    const poison = ['not json', '', '{"specversion":"1.0"', Buffer.from([0xff, 0xfe, 0x80])];
    await deployment.sendRaw([
      { key: single?.organisation ?? '', value: conflicting },
      ...poison.map((value) => ({ key: 'acme', value })),
      { key: 'acme', value: null },
      { key: null, value: 'no key and no json' },
      { key: Buffer.from([0xff]), value: events[0]?.json ?? '' },
      { key: 'acme', value: 'x', headers: { big: 'h'.repeat(100_000) } },
    ]);
    expect(await deployment.differences()).toEqual([]);
    const { items } = (await deployment.client.get('/v1/quarantine?limit=100')).json() as {
      readonly items: readonly { readonly reason: string }[];
    };
    expect(items.map(({ reason }) => reason).filter((reason) => /conflict/i.test(reason))).toHaveLength(1);
    expect(items).toHaveLength(1 + poison.length + 4);
  });

  it('I2, I5, I7: members join, leave and die every moment while partitions are added (F3, F14, F29)', async () => {
    await deployment.underLoad(async () => {
      const untilMs = performance.now() + faultMs(300_000, 30_000);
      for (let round = 0; performance.now() < untilMs; round += 1) {
        const visitor = await (await deployment.addAggregator()).ready();
        if (round === 0) {
          const topicPartitions = [{ topic: deployment.topic, count: 2 * PARTITIONS }];
          await deployment.admin.createPartitions({ topicPartitions });
        }
        await sleep(1_000);
        const leaving = round % 2 === 0 ? (deployment.aggregators[0] ?? visitor) : visitor;
        await deployment.removeAggregator(round % 3 === 2 ? 'SIGKILL' : 'SIGTERM', leaving);
      }
    });
    expect(await deployment.differences()).toEqual([]);
    const lag = (await deployment.client.get('/v1/lag')).json();
    expect(JSON.stringify(lag)).toContain(`"partition":${2 * PARTITIONS - 1}`);
  });

  it('I7, I10: a member that freezes past its session, and a store that is slower than it (F4, F31)', async () => {
    while (deployment.aggregators.length < 2) await (await deployment.addAggregator()).ready();
    const [frozen] = deployment.aggregators;
    const pool = createPool(databaseUrl, { applicationName: 'slow', max: 1 });
    await deployment.underLoad(async () => {
      frozen?.signal('SIGSTOP');
      await sleep(faultMs(60_000, SESSION_MS + 4_000));
      frozen?.signal('SIGCONT');
      await sleep(2_000);
      // Every append waits for this lock: heartbeats must not.
      await pool.query(`begin; set local idle_in_transaction_session_timeout = 0`);
      await pool.query(`lock table creditfold_events.heads in access exclusive mode`);
      await sleep(faultMs(60_000, SESSION_MS + 2_000));
      await pool.query(`rollback`);
    });
    await pool.end();
    expect(await deployment.differences()).toEqual([]);
    expect(deployment.aggregators.map(({ isRunning }) => isRunning)).not.toContain(false);
  });

  it('I2: offsets that the group has committed mean nothing (F15)', async () => {
    const { admin, groupId, topic } = deployment;
    const resetToLatest = (): Promise<unknown> => admin.resetOffsets({ groupId, topic, earliest: false });
    for (const disturb of [resetToLatest, () => admin.deleteGroups([groupId])]) {
      await deployment.removeAll();
      await deployment.send(deployment.usage.make(500));
      await disturb();
      await deployment.send(deployment.usage.make(500));
      await (await deployment.addAggregator()).ready();
      expect(await deployment.differences()).toEqual([]);
    }
  });
});
