import { randomUUID } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import { perSecond } from '../figure.js';

/** A kafkajs consumer that parses every record and does nothing with it. Records a second, from its first batch. */
export async function parsingConsumer(brokers: readonly string[], topic: string, records: number): Promise<number> {
  const kafka = new Kafka({ brokers: [...brokers], clientId: 'bench-baseline', logLevel: logLevel.ERROR });
  const consumer = kafka.consumer({ groupId: `bench-${randomUUID()}` });
  await consumer.connect();
  try {
    await consumer.subscribe({ topic, fromBeginning: true });
    return await new Promise<number>((resolve, reject) => {
      let [parsed, startedMs] = [0, 0];
      const eachBatch = async ({
        batch,
      }: {
        batch: { messages: readonly { value: Buffer | null }[] };
      }): Promise<void> => {
        startedMs ||= performance.now();
        for (const { value } of batch.messages)
          if (typeof JSON.parse(value?.toString('utf8') ?? 'null') === 'object') parsed += 1;
        if (parsed >= records) resolve(perSecond(parsed, performance.now() - startedMs));
      };
      consumer.run({ eachBatch }).catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
}
