import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { RawConnection, sayRaw, UNTIL_CLOSED } from '../support/raw-http.js';
import { makeDataDir, removeDataDir, STANDALONE_KEY, startStandalone } from '../support/standalone.js';
import type { StandaloneProcess } from '../support/standalone.js';

const MEGABYTE = 1024 * 1024;
const HOST = 'Host: 127.0.0.1\r\n';
const AUTHORIZED = `${HOST}Authorization: Bearer ${STANDALONE_KEY}\r\n`;
const BATCH = 'Content-Type: application/cloudevents-batch+json\r\n';
/** What a smuggled request would ask for: seen by an answer of its own. */
const SMUGGLED = `GET /health/live HTTP/1.1\r\n${HOST}\r\n`;
const POST = `POST /v1/events HTTP/1.1\r\n${AUTHORIZED}${BATCH}`;
const LIVE = `GET /health/live HTTP/1.1\r\n${HOST}`;

let app: StandaloneProcess;
let dataDir: string;
const slow: { headers: RawConnection; body: RawConnection }[] = [];
let trickling: NodeJS.Timeout;

beforeAll(async () => {
  dataDir = await makeDataDir();
  app = await startStandalone({ dataDir });
  // They take their time while everything else below is tried.
  for (let n = 0; n < 20; n += 1) {
    const headers = (await RawConnection.open(app.url)).send(LIVE);
    const body = (await RawConnection.open(app.url)).send(`${POST}Content-Length: 100000\r\n\r\n[`);
    slow.push({ headers, body });
  }
  trickling = setInterval(() => {
    for (const { headers, body } of slow) {
      headers.send('X-A: b\r\n');
      body.send(' ');
    }
  }, 1_000);
});

afterAll(async () => {
  clearInterval(trickling);
  await app.end('SIGKILL');
  await removeDataDir(dataDir);
});

/** Whatever one client did: the others are served, and nothing of it was taken for usage. */
afterEach(async () => {
  const health = await app.client.get('/health/ready', { key: null });
  const { waiting } = (await app.client.get('/v1/lag')).json() as { readonly waiting: number };
  if (health.status !== 200 || waiting !== 0) throw new Error(`${health.text}, and ${waiting} records wait`);
});

async function residentBytes(): Promise<number> {
  const { text } = await app.client.get('/metrics', { key: null });
  return Number(/^process_resident_memory_bytes (\d+)/m.exec(text)?.[1]);
}

const problemIn = (text: string): unknown => JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4));

describe('what no two servers read alike (request smuggling)', () => {
  it.each([
    ['a length and chunks', `${POST}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['two lengths', `${POST}Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd`],
    ['one length twice', `${POST}Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd`],
    ['a list of lengths', `${POST}Content-Length: 4, 4\r\n\r\nabcd`],
    ['a signed length', `${POST}Content-Length: +4\r\n\r\nabcd`],
    ['a length beyond counting', `${POST}Content-Length: 99999999999999999999\r\n\r\nabcd`],
    ['chunks that are not last', `${POST}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`],
    ['chunks by another name', `${POST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
    ['a space before the colon', `${POST}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`],
    ['a size that is no number', `${POST}Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n`],
    ['a folded header', `${LIVE}X-A: b\r\n c\r\n\r\n`],
    ['bare line feeds', 'GET /health/live HTTP/1.1\nHost: 127.0.0.1\n\n'],
    ['a carriage return within a header', `${LIVE}X-A: b\rc\r\n\r\n`],
    ['NUL within a header', `${LIVE}X-A: b\0c\r\n\r\n`],
    ['an unknown method', `FOO /v1/plans HTTP/1.1\r\n${HOST}\r\n`],
    ['another protocol', Buffer.from('16030100a5010000a10303', 'hex').toString('latin1')],
  ])('%s: one answer, and the connection is closed', async (_name, bytes) => {
    const { text, statuses, isClosed } = await sayRaw(app.url, Buffer.from(bytes + SMUGGLED, 'latin1'), UNTIL_CLOSED);
    expect([statuses, isClosed]).toEqual([[400], true]);
    expect(text).toContain('content-type: application/problem+json');
    expect(problemIn(text)).toMatchObject({ status: 400, code: 'MalformedRequest' });
  });

  it('two hosts, or none: refused', async () => {
    const two = await sayRaw(app.url, `${LIVE}Host: elsewhere\r\n\r\n`);
    expect([two.statuses, problemIn(two.text)]).toMatchObject([[400], { code: 'MalformedRequest' }]);
    const none = await sayRaw(app.url, 'GET /health/live HTTP/1.1\r\n\r\n', UNTIL_CLOSED);
    expect([none.statuses, none.isClosed]).toEqual([[400], true]);
  });

  it('many requests in one write: as many answers, in their order', async () => {
    const paths = Array.from({ length: 2_000 }, (_, n) => (n % 3 === 0 ? '/v1/nothing' : '/health/live'));
    const requests = paths.map((path) => `GET ${path} HTTP/1.1\r\n${AUTHORIZED}\r\n`).join('');
    const { statuses } = await sayRaw(app.url, requests, paths.length);
    expect(statuses).toEqual(paths.map((path) => (path === '/v1/nothing' ? 404 : 200)));
  });
});

describe('too much of something', () => {
  it.each([
    ['a path', `GET /v1/${'a'.repeat(20_000)} HTTP/1.1\r\n${HOST}\r\n`],
    ['a header', `${LIVE}X-A: ${'b'.repeat(20_000)}\r\n\r\n`],
    ['headers', `${LIVE}${Array.from({ length: 3_000 }, (_, n) => `a${n}: b\r\n`).join('')}\r\n`],
  ])('%s: 413, and the connection is closed', async (_name, bytes) => {
    const { text, statuses, isClosed } = await sayRaw(app.url, bytes, UNTIL_CLOSED);
    expect([statuses, isClosed]).toEqual([[413], true]);
    expect(problemIn(text)).toMatchObject({ code: 'TooLarge' });
  });

  it('a long path below that: nothing is there', async () => {
    expect((await app.client.get(`/v1/organisations/${'a'.repeat(5_000)}/balance`)).status).toBe(404);
  });

  it('a body, by its announced length and by its chunks: 413', async () => {
    const announced = await sayRaw(app.url, `${POST}Content-Length: 999999999\r\n\r\n[`);
    expect(announced.statuses).toEqual([413]);
    const chunk = `${MEGABYTE.toString(16)}\r\n${' '.repeat(MEGABYTE)}\r\n`;
    const chunked = await sayRaw(app.url, `${POST}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(9)}`);
    expect(chunked.statuses).toEqual([413]);
  });

  it('gzip that becomes half a gigabyte, from many at once: 413, in bounded memory (I10)', async () => {
    const bomb = new Uint8Array(gzipSync(Buffer.alloc(512 * MEGABYTE), { level: 9 }));
    const headers = { 'content-type': 'application/cloudevents-batch+json', 'content-encoding': 'gzip' };
    await app.client.post('/v1/events', { raw: bomb, headers });
    const before = await residentBytes();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => app.client.post('/v1/events', { raw: bomb, headers })),
    );
    expect(new Set(answers.map((answer) => answer.problem().code))).toEqual(new Set(['TooLarge']));
    expect((await residentBytes()) - before).toBeLessThan(400 * MEGABYTE);
  });
});

describe('methods that no route has', () => {
  it('HEAD is GET without a body', async () => {
    const { text, statuses } = await sayRaw(app.url, `HEAD /health/live HTTP/1.1\r\n${HOST}\r\n`);
    expect(statuses).toEqual([200]);
    expect(text.slice(text.indexOf('\r\n\r\n'))).toBe('\r\n\r\n');
  });

  it.each(['OPTIONS', 'TRACE', 'PATCH', 'DELETE'])('%s: nothing is there, and nothing is echoed', async (method) => {
    const secret = 'X-Secret: mirror\r\nOrigin: https://elsewhere.example\r\n';
    const { text, statuses } = await sayRaw(app.url, `${method} /health/live HTTP/1.1\r\n${HOST}${secret}\r\n`);
    expect(statuses).toEqual([404]);
    expect(text).not.toMatch(/mirror|elsewhere|access-control/i);
  });

  it('CONNECT: no tunnel', async () => {
    const connect = `CONNECT elsewhere:443 HTTP/1.1\r\n${HOST}\r\n`;
    const { statuses, isClosed } = await sayRaw(app.url, connect, UNTIL_CLOSED);
    expect([statuses, isClosed]).toEqual([[], true]);
  });
});

describe('clients that do not go on', () => {
  it('uploads that break off, hundreds of them: nothing of them counts', async () => {
    for (let round = 0; round < 10; round += 1) {
      const uploads = await Promise.all(Array.from({ length: 30 }, () => RawConnection.open(app.url)));
      for (const upload of uploads) upload.send(`${POST}Content-Length: 5000\r\n\r\n[{"specversion":"1.0",`);
      for (const upload of uploads) upload.destroy();
    }
    expect((await app.client.get('/v1/quarantine')).json()).toMatchObject({ items: [] });
  });

  it('idle connections, a thousand of them: each costs little, and others are served (I10)', async () => {
    const before = await residentBytes();
    const idle: RawConnection[] = [];
    for (let opened = 0; opened < 1_000; opened += 50)
      idle.push(...(await Promise.all(Array.from({ length: 50 }, () => RawConnection.open(app.url)))));
    for (const connection of idle) connection.send(`${LIVE}\r\n`);
    const answers = await Promise.all(idle.map((connection) => connection.heard()));
    expect(answers.every(({ statuses, isClosed }) => statuses[0] === 200 && !isClosed)).toBe(true);
    expect((await app.client.get('/v1/plans')).status).toBe(200);
    expect((await residentBytes()) - before).toBeLessThan(150 * MEGABYTE);
    for (const connection of idle) connection.destroy();
  });

  it('requests that trickle: cut off, headers after a quarter of a minute and bodies after one (slowloris)', async () => {
    for (const { headers, body } of slow) {
      await Promise.all([headers.closed, body.closed]);
      expect([headers.answer.statuses, body.answer.statuses]).toEqual([[408], [408]]);
      expect(problemIn(headers.answer.text)).toMatchObject({ code: 'RequestTimeout' });
    }
  });
});
