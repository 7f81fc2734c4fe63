import { Agent, request } from 'node:http';

export interface Question {
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/**
 * HTTP over connections that are kept, by `node:http`: `fetch` takes longer to ask than the service to answer, on the
 * same cores, so that a figure would mostly be the client's.
 */
const agent = new Agent({ keepAlive: true });

export function ask(url: string, { method = 'GET', headers, body }: Question): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const asking = request(url, { agent, method, headers: { ...headers, ...length } }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => (text += part));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
      answer.on('error', reject);
    });
    asking.on('error', reject);
    asking.end(body);
  });
}
