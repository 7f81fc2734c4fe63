// Publishes usage to Kafka as structured CloudEvents.
//   KAFKA_BROKERS=127.0.0.1:9092 node examples/producers/node-kafkajs.mjs
// An id names one event for ever: whoever sends an event again sends it with the same id, and it is charged once.
import { randomUUID } from 'node:crypto';
import kafkajs from 'kafkajs';

const topic = process.env.CREDITFOLD_TOPIC ?? 'usage.v1';
const organisation = process.env.ORGANISATION ?? 'acme';

const kafka = new kafkajs.Kafka({
  clientId: 'node-producer-example',
  brokers: (process.env.KAFKA_BROKERS ?? '127.0.0.1:9092').split(','),
  logLevel: kafkajs.logLevel.ERROR,
});
// Idempotent: what the client sends again by itself is written once. The default partitioner agrees with Java's.
const producer = kafka.producer({
  idempotent: true,
  maxInFlightRequests: 1,
  allowAutoTopicCreation: false,
  createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
});

const usage = (inputTokens, outputTokens) => ({
  specversion: '1.0',
  id: randomUUID(),
  source: '/gateway/eu',
  type: 'llm.completion',
  subject: organisation,
  time: new Date().toISOString(),
  data: { project: 'search', user: 'u-17', model: 'large', input_tokens: inputTokens, output_tokens: outputTokens },
});

const events = [usage(1200, 310), usage(800, 95), usage(64, 7)];

await producer.connect();
try {
  const written = await producer.send({
    topic,
    acks: -1,
    messages: events.map((event) => ({
      key: event.subject,
      value: JSON.stringify(event),
      headers: { 'content-type': 'application/cloudevents+json' },
    })),
  });
  for (const { partition, baseOffset } of written)
    process.stdout.write(`${topic}/${partition} from offset ${baseOffset}\n`);
} finally {
  await producer.disconnect();
}
