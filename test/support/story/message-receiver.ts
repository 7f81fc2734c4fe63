import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MailServer } from '../mail-server.js';
import type { Customer } from './customer.js';

type Kind = 'email' | 'slack' | 'pagerduty';
interface Message {
  readonly organisation: string;
  readonly to: Kind;
  readonly text: string;
}

/** Where a story's customers are told: a mail server, and the endpoints of Slack and PagerDuty. */
export class MessageReceiver {
  readonly #hooks: Message[] = [];
  #customer: Customer | undefined;

  private constructor(
    private readonly mail: MailServer,
    private readonly http: Server,
  ) {
    http.on('request', (request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
      request.on('end', () => {
        const [, organisation = '', to = ''] = (request.url ?? '').split('/');
        this.#hooks.push({ organisation, to: to as Kind, text });
        response.writeHead(202).end();
      });
    });
  }

  static async start(): Promise<MessageReceiver> {
    const http = createServer();
    await new Promise<void>((resolve) => void http.listen(0, '127.0.0.1', resolve));
    return new MessageReceiver(await MailServer.start(), http);
  }

  /** Settings of a product that tells its customers here. */
  get env(): Readonly<Record<string, string>> {
    return {
      CREDITFOLD_SMTP_URL: this.mail.url,
      CREDITFOLD_MAIL_FROM: 'credits@example.com',
      CREDITFOLD_PRIVATE_CHANNELS: 'allow',
    };
  }

  /** Gives a customer the channels `email`, `slack` and `pagerduty`; `come` is about this customer from now on. */
  async connect(customer: Customer): Promise<void> {
    this.#customer = customer;
    const url = `http://127.0.0.1:${(this.http.address() as AddressInfo).port}/${customer.organisation}`;
    await customer.put('channels/email', { kind: 'email', to: `${customer.organisation}@example.com` });
    await customer.put('channels/slack', { kind: 'slack', url: `${url}/slack` });
    const routingKey = 'r'.repeat(32);
    await customer.put('channels/pagerduty', { kind: 'pagerduty', routingKey, url: `${url}/pagerduty` });
  }

  /** What the customer was told with these words, when it is as much as this. */
  async come({ to, words, count }: { to: Kind; words: string; count: number }): Promise<readonly string[]> {
    const customer = this.#customer;
    if (customer === undefined) throw new Error('nobody is connected');
    const read = async (): Promise<readonly string[]> =>
      this.#toldTo(customer.organisation, to).filter((text) => text.includes(words));
    return customer.waitsFor(`${to}: ${words}`, read, (texts) => texts.length === count);
  }

  #toldTo(organisation: string, to: Kind): string[] {
    if (to === 'email') return this.mail.mails.filter((mail) => mail.includes(`${organisation}@example.com`));
    return this.#hooks.filter((each) => each.organisation === organisation && each.to === to).map(({ text }) => text);
  }

  async stop(): Promise<void> {
    this.http.closeAllConnections();
    await new Promise((resolve) => this.http.close(resolve));
    await this.mail.stop();
  }
}
