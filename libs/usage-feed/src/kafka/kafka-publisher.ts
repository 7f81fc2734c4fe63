import kafkajs, { type Message, type Producer, type RecordMetadata } from 'kafkajs';
import { recordBytes } from '../publish-limits.js';
import { FeedUnavailable, type PublishRecord, type PublishedRecord } from '../usage-feed.js';
import { kafkaOf, KAFKA_LIMITS, PUBLISH_RETRY, type KafkaConfig } from './kafka-config.js';
import { portError } from './kafka-errors.js';
import { toMessage } from './kafka-records.js';
import { within } from './within.js';
import { planRequests, type PlannedRecord } from './publish-plan.js';

interface PendingCall {
  readonly topic: string;
  readonly records: readonly PlannedRecord[];
  readonly nowMs: number;
  /** A record above this is refused by many brokers: it must not take other calls with it. */
  readonly isLarge: boolean;
  readonly settle: (answer: readonly PublishedRecord[] | Error) => void;
  isGivenUp: boolean;
}

const LIMITS = {
  partitionBytesMax: KAFKA_LIMITS.partitionProduceBytesMax,
  bytesMax: KAFKA_LIMITS.produceBytesMax,
  recordsMax: KAFKA_LIMITS.produceRecordsMax,
};

/**
 * Publishes through one idempotent producer, one request at a time: the calls that come while one is under way share
 * the next. After any failure the producer is replaced, since its sequence numbers may no longer be the broker's.
 */
export class KafkaPublisher {
  private connected: Promise<Producer> | undefined;
  private pending: PendingCall[] = [];
  private sending: Promise<void> | undefined;

  constructor(private readonly config: KafkaConfig) {}

  /** @throws {FeedUnavailable} after `timeoutMs` at most @throws {RecordsTooLarge} @throws {UnknownTopic} */
  publish(
    topic: string,
    placed: readonly (readonly [number, PublishRecord])[],
    timeoutMs: number,
  ): Promise<readonly PublishedRecord[]> {
    return new Promise((resolve, reject) => {
      const call: PendingCall = {
        topic,
        records: placed.map(([partition, record]) => ({ topic, partition, record })),
        nowMs: Date.now(),
        isLarge: placed.some(([, record]) => recordBytes(record) > LIMITS.partitionBytesMax),
        isGivenUp: false,
        settle: (answer) => {
          clearTimeout(timer);
          if (answer instanceof Error) reject(answer);
          else resolve(answer);
        },
      };
      const timer = setTimeout(() => {
        call.isGivenUp = true;
        call.settle(new FeedUnavailable(`Kafka did not confirm within ${KAFKA_LIMITS.publishTimeoutMs} ms`));
        this.replaceProducer();
      }, timeoutMs);
      this.pending.push(call);
      this.sending ??= this.sendAll();
    });
  }

  async close(): Promise<void> {
    await this.sending;
    const { connected } = this;
    this.connected = undefined;
    await connected?.then((producer) => producer.disconnect()).catch(() => undefined);
  }

  private async sendAll(): Promise<void> {
    // One turn of the event loop: calls made together share a request.
    await Promise.resolve();
    while (this.pending.length > 0) await this.sendTogether(this.nextCalls());
    this.sending = undefined;
  }

  private nextCalls(): readonly PendingCall[] {
    this.pending = this.pending.filter(({ isGivenUp }) => !isGivenUp);
    const [first] = this.pending;
    if (first === undefined) return [];
    let count = 1;
    let records = first.records.length;
    for (const call of this.pending.slice(1)) {
      records += call.records.length;
      if (first.isLarge || call.isLarge || records > LIMITS.recordsMax) break;
      count++;
    }
    return this.pending.splice(0, count);
  }

  private async sendTogether(calls: readonly PendingCall[]): Promise<void> {
    try {
      const nowMs = calls[0]?.nowMs ?? Date.now();
      const records = calls.flatMap((call) => call.records);
      // A request that hangs must not hold up the calls behind it, whose time runs too.
      const published = await within(this.send(records, nowMs), KAFKA_LIMITS.publishTimeoutMs);
      let at = 0;
      for (const call of calls) call.settle(published.slice(at, (at += call.records.length)));
    } catch (error) {
      this.replaceProducer();
      const [only] = calls;
      if (calls.length === 1 && only !== undefined) return only.settle(portError(error, only.topic));
      // One call's topic or record must not refuse the others; what is written twice, identities deduplicate.
      const isTemporary = calls.every((call) => portError(error, call.topic) instanceof FeedUnavailable);
      for (const call of calls) {
        if (isTemporary) call.settle(portError(error, call.topic));
        else if (!call.isGivenUp) await this.sendTogether([call]);
      }
    }
  }

  private async send(records: readonly PlannedRecord[], nowMs: number): Promise<readonly PublishedRecord[]> {
    const published: PublishedRecord[] = [];
    for (const request of planRequests(records, LIMITS)) published.push(...(await this.sendRequest(request, nowMs)));
    return published;
  }

  private async sendRequest(request: readonly PlannedRecord[], nowMs: number): Promise<readonly PublishedRecord[]> {
    const messages = new Map<string, Message[]>();
    for (const { topic, partition, record } of request) {
      const ofTopic = messages.get(topic) ?? [];
      if (ofTopic.length === 0) messages.set(topic, ofTopic);
      ofTopic.push(toMessage(record, partition, nowMs));
    }
    const producer = await this.producer();
    const answers = await producer.sendBatch({
      acks: -1,
      timeout: KAFKA_LIMITS.publishTimeoutMs,
      topicMessages: [...messages].map(([topic, ofTopic]) => ({ topic, messages: ofTopic })),
    });
    return resultsOf(request, answers, nowMs);
  }

  private producer(): Promise<Producer> {
    this.connected ??= (async () => {
      const producer = kafkaOf(this.config, PUBLISH_RETRY).producer({
        idempotent: true,
        // More than one would let a retried request overtake its successor: the sequence numbers would be refused.
        maxInFlightRequests: 1,
        allowAutoTopicCreation: false,
        metadataMaxAge: this.config.metadataMaxAgeMs ?? KAFKA_LIMITS.metadataMaxAgeMs,
        // As Java's; the partition is chosen before, so that its offsets can be told, and this agrees with it.
        createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
        retry: PUBLISH_RETRY,
      });
      await producer.connect();
      return producer;
    })();
    return this.connected;
  }

  private replaceProducer(): void {
    const { connected } = this;
    this.connected = undefined;
    connected?.then((producer) => producer.disconnect()).catch(() => undefined);
  }
}

/** Offsets of one request's records: those of a partition follow its base offset in order. */
function resultsOf(
  request: readonly PlannedRecord[],
  answers: readonly RecordMetadata[],
  nowMs: number,
): readonly PublishedRecord[] {
  const next = new Map(
    answers.map((answer) => [
      `${answer.topicName}/${answer.partition}`,
      { ...answer, at: BigInt(answer.baseOffset ?? -1) },
    ]),
  );
  return request.map(({ topic, partition, record }) => {
    const answer = next.get(`${topic}/${partition}`);
    if (answer === undefined || answer.at < 0n)
      throw new FeedUnavailable(`Kafka did not answer for ${topic}/${partition}`);
    const offset = answer.at++;
    const appendedAtMs = Number(answer.logAppendTime ?? -1);
    return { topic, partition, offset, timestampMs: appendedAtMs >= 0 ? appendedAtMs : (record.timestampMs ?? nowMs) };
  });
}
