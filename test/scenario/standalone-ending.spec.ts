import { stat } from 'node:fs/promises';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LIMITS } from '../../apps/standalone/src/limits.js';
import { ApiClient } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { makeDataDir, removeDataDir, startStandalone } from '../support/standalone.js';

const CLEAN_END_MS = 10_000;

describe('standalone ends', () => {
  let dataDir: string;

  beforeEach(async () => {
    dataDir = await makeDataDir();
  });
  afterEach(() => removeDataDir(dataDir));

  it.each([
    ['SIGINT', false],
    ['SIGTERM', false],
    ['SIGINT', true],
    ['SIGTERM', true],
  ] as const)(
    'cleanly within 10 s on %s (through npm: %s), and gives the data directory back',
    async (signal, isThroughNpm) => {
      const app = await startStandalone({ dataDir, isThroughNpm });
      const { code } = await app.end(signal);
      // What is not over by then ends itself, with 1.
      expect(LIMITS.processStopMs).toBeLessThan(CLEAN_END_MS);
      // npm reports the signal that it got itself in its own way: as that signal, not as a code.
      expect(isThroughNpm ? null : 0).toBe(code);
      expect(app.output).not.toContain('PartFailed');
      const again = await startStandalone({ dataDir });
      expect((await again.end()).code).toBe(0);
    },
  );

  it('by kill -9, and the next start goes on after the orphaned server has ended', async () => {
    const app = await startStandalone({ dataDir });
    await app.end('SIGKILL');
    const again = await startStandalone({ dataDir });
    expect((await again.client.get('/v1/catalog')).json()).toMatchObject({ version: 1 });
    expect((await again.end()).code).toBe(0);
  });

  it('after making a key that only its owner can read, and that works', async () => {
    const app = await startStandalone({ dataDir, env: { CREDITFOLD_ADMIN_KEY: '' } });
    const file = join(dataDir, 'admin-key');
    const key = (await readFile(file, 'utf8')).trim();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await new ApiClient(app.url, key).get('/v1/keys')).status).toBe(200);
    // It answers a moment before it says so.
    await eventually('it greets', () => app.output.includes(`${app.url}/v1/organisations/acme/balance`));
    expect((await app.end()).output).not.toContain(key);
  });
});
