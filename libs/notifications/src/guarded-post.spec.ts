import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { guardedPost } from './guarded-post.js';

interface Received {
  /** The address that the connection came to. */
  readonly address: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const received: Received[] = [];
let server: Server;
let url: string;

beforeEach(async () => {
  received.length = 0;
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
    request.on('end', () => {
      received.push({ address: request.socket.localAddress, headers: request.headers, body });
      response.writeHead(202).end();
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  url = `http://hooks.example.com:${(server.address() as AddressInfo).port}/told`;
});

afterEach(() => new Promise((resolve) => server.close(resolve)));

/** What a name server under an attacker's hand says: one address to whoever checks, another to whoever connects. */
function changing(...answers: readonly string[]) {
  const asked: string[] = [];
  return {
    asked,
    resolve: async (host: string): Promise<readonly string[]> => {
      const answer = answers[Math.min(asked.length, answers.length - 1)] ?? '';
      asked.push(host);
      return [answer];
    },
  };
}

const post = () => ({ url, body: '{"told":true}', headers: { 'webhook-id': 'ntf_1' } });

describe('a name whose address changes between two answers', () => {
  it('is asked for once, and connected to at the address that was checked', async () => {
    const { asked, resolve } = changing('127.0.0.1', '192.0.2.1');
    expect(await guardedPost(post(), { policy: { isPrivateAllowed: true }, resolve })).toEqual({ kind: 'delivered' });
    expect(asked).toEqual(['hooks.example.com']);
    expect(received).toMatchObject([{ address: '127.0.0.1', body: '{"told":true}' }]);
  });

  it('is still called by its name, so that the receiver knows who is meant', async () => {
    const { resolve } = changing('127.0.0.1');
    await guardedPost(post(), { policy: { isPrivateAllowed: true }, resolve });
    expect(received[0]?.headers).toMatchObject({ host: new URL(url).host, 'webhook-id': 'ntf_1' });
  });
});
