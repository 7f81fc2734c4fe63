import type { Admin } from 'kafkajs';
import { FeedUnavailable } from '../usage-feed.js';
import { kafkaOf, SHORT_RETRY, type KafkaConfig } from './kafka-config.js';
import { portError, protocolTypes } from './kafka-errors.js';
import { withTrueEnds } from './true-ends.js';

const ATTEMPTS = 2;

interface Connected {
  readonly admin: Promise<Admin>;
  readonly asked: Set<Promise<unknown>>;
}

/**
 * Clients for questions, one for each subject: a client keeps the metadata of what it was asked last, so questions about
 * several topics at once would take it away from each other. It never renews that metadata by age, so it is replaced
 * after a fault.
 */
export class AdminClients {
  private readonly clients = new Map<string, Connected>();
  private isOpen = true;

  constructor(private readonly config: KafkaConfig) {}

  /** The subject is a topic, or whatever else belongs together. @throws {UnknownTopic} @throws {FeedUnavailable} */
  async ask<Answer>(subject: string, question: (admin: Admin) => Promise<Answer>): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      if (!this.isOpen) throw new FeedUnavailable('The feed is closed');
      const client = this.clientFor(subject);
      const answer = client.admin.then(question);
      client.asked.add(answer);
      try {
        return await answer;
      } catch (error) {
        this.replace(subject, client);
        if (protocolTypes(error).has('UNKNOWN_TOPIC_OR_PARTITION') || attempt >= ATTEMPTS)
          throw portError(error, subject);
      } finally {
        client.asked.delete(answer);
      }
    }
  }

  async close(): Promise<void> {
    this.isOpen = false;
    const clients = [...this.clients.values()];
    this.clients.clear();
    await Promise.all(clients.map(disconnect));
  }

  private clientFor(subject: string): Connected {
    const known = this.clients.get(subject);
    if (known !== undefined) return known;
    const client = { admin: this.connect(), asked: new Set<Promise<unknown>>() };
    this.clients.set(subject, client);
    return client;
  }

  private async connect(): Promise<Admin> {
    const admin = withTrueEnds(kafkaOf(this.config, SHORT_RETRY)).admin({ retry: SHORT_RETRY });
    await admin.connect();
    return admin;
  }

  /** Others may still wait for answers of the old one. */
  private replace(subject: string, client: Connected): void {
    if (this.clients.get(subject) === client) this.clients.delete(subject);
    void Promise.allSettled(client.asked).then(() => disconnect(client));
  }
}

const disconnect = ({ admin }: Connected): Promise<void> =>
  admin.then((connected) => connected.disconnect()).catch(() => undefined);
