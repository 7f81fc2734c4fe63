import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestPostgres, type TestPostgres } from '@app/postgres/testing';
import { useBroker } from '../support/kafka/broker.mjs';
import { Deployment } from '../support/kafka/deployment.js';
import { backfill } from '../support/run-app.js';
import { SampleFigures, SAMPLES } from '../support/sample-figures.js';
import { sampleEvents, type SampleEvent } from '../support/sample-rows.js';

const NAME = 'servegen_day';

/** What happens to the two members while usage is being published; in between there are three of them, and one. */
const CHANGES = ['join', 'SIGKILL', 'SIGTERM', 'join'] as const;

describe('servegen_day over Kafka, on processes that join, leave and die', () => {
  const sample = new SampleFigures(NAME);
  const events = sampleEvents(sample.file, NAME);
  let broker: Awaited<ReturnType<typeof useBroker>>;
  let postgres: TestPostgres;
  let deployment: Deployment;

  beforeAll(async () => {
    broker = await useBroker();
    postgres = await startTestPostgres();
    deployment = await Deployment.start({
      brokers: broker.brokers,
      databaseUrl: await postgres.createDatabase(),
      partitions: 12,
      catalog: join(SAMPLES, 'catalog.json'),
    });
    const members = await Promise.all([deployment.addAggregator(), deployment.addAggregator()]);
    await Promise.all(members.map((member) => member.ready()));
  });

  afterAll(async () => {
    await deployment.stop();
    await postgres.stop();
    await broker.stop();
  });

  /** As a producer of another service does it, which keeps the times of the past. */
  const publish = async (part: readonly SampleEvent[]): Promise<void> => {
    const messages = part.map(({ organisation, timeMs, json }) => ({
      key: organisation,
      value: json,
      timestamp: `${timeMs}`,
    }));
    await deployment.sendRaw(messages, deployment.backfillTopic);
  };

  const change = async (kind: (typeof CHANGES)[number]): Promise<void> => {
    if (kind === 'join') await (await deployment.addAggregator()).ready();
    else await deployment.removeAggregator(kind);
  };

  it('gives every figure exactly, as the embedded parts do (I1, I2, I3, I7, I8)', async () => {
    const size = Math.ceil(events.length / CHANGES.length);
    for (const [index, kind] of CHANGES.entries())
      await Promise.all([publish(events.slice(index * size, (index + 1) * size)), change(kind)]);
    await deployment.drained();
    expect(await sample.figuresAt(deployment.client)).toEqual(sample.expected);
  });

  it('changes nothing when it is published again, by the command that loads files', async () => {
    const { url } = deployment.client;
    const loading = backfill(url, sample.file, ['--type', 'llm.completion', '--source', NAME]);
    for (const kind of CHANGES) await change(kind);
    expect(await loading).toContain(`${sample.totals.rows} events of ${sample.totals.distinct.org} organisations`);
    await deployment.drained();
    expect(await sample.figuresAt(deployment.client)).toEqual(sample.expected);
  });

  it('is proven from the streams', async () => {
    expect(await deployment.unproven(sample.totals.rows)).toEqual([]);
  });
});
