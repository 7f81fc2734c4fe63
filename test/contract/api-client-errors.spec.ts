import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApiHarness } from '../support/api-harness.js';
import type { ApiHarness } from '../support/api-harness.js';

let api: ApiHarness;
beforeAll(async () => {
  api = await startApiHarness();
}, 60_000);
afterAll(() => api.stop());

/** What a connection answers to these bytes, until it ends. */
function answerTo(bytes: string): Promise<string> {
  const { hostname, port } = new URL(api.admin.url);
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    socket.on('end', () => resolve(text)).on('error', reject);
  });
}

describe('what no handler sees', () => {
  it('is a problem when the address or the headers are too long', async () => {
    const address = await api.admin.get(`/v1/organisations/${'x'.repeat(20_000)}/balance`);
    expect(address.problem()).toMatchObject({ status: 413, code: 'TooLarge' });
    const headers = await api.admin.get('/health/live', { headers: { 'x-long': 'x'.repeat(20_000) } });
    expect(headers.problem()).toMatchObject({ status: 413, code: 'TooLarge' });
  });

  it.each(['no request at all\r\n\r\n', 'GET /health/live HTTP/9.9\r\n\r\n', 'GET\r\n\r\n'])(
    'is a problem when it is %j',
    async (bytes) => {
      const [head = '', body = ''] = (await answerTo(bytes)).split('\r\n\r\n');
      expect(head).toMatch(/^HTTP\/1\.1 400 Bad Request\r\ncontent-type: application\/problem\+json\r\n/);
      expect(JSON.parse(body)).toMatchObject({
        type: 'urn:creditfold:problem:malformed-request',
        status: 400,
        code: 'MalformedRequest',
      });
    },
  );
});
