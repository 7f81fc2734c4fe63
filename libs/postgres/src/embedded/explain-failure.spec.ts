import { describe, expect, it } from '@jest/globals';
import { explainEnd, explainFailure } from './explain-failure.js';

const FULL = 'PANIC:  could not write to file "pg_wal/xlogtemp.7": No space left on device';

describe('explainFailure', () => {
  it.each([
    ['DiskFull', `LOG:  starting\n${FULL}\nLOG:  shut down\n`],
    ['DiskFull', 'FATAL:  could not extend file "base/5/7": Disk quota exceeded'],
    ['PortInUse', 'LOG:  could not bind IPv4 address "127.0.0.1": Address already in use'],
    ['PostgresStartFailed', 'postgres: error while loading shared libraries: libpq.so.5'],
    ['PostgresStartFailed', 'FATAL:  something else'],
  ])('%s', (code, output) => {
    expect(explainFailure('postgres', output)).toMatchObject({ code, message: expect.stringContaining(`${code}: `) });
  });

  it('of a full disk quotes the line that says so, and not the log around it', () => {
    const { message } = explainFailure('postgres', `LOG:  starting\n${FULL}\nSTATEMENT:  insert …\n`);
    expect(message).toContain(FULL);
    expect(message).not.toMatch(/starting|insert/);
  });
});

describe('explainEnd', () => {
  it('says why nobody asked for it, with the newest whole lines of a long log', () => {
    expect(explainEnd(`LOG:  x\n${FULL}\n`).code).toBe('DiskFull');
    const { code, message } = explainEnd(`${'LOG:  once more\n'.repeat(1_000)}LOG:  received fast shutdown request\n`);
    expect(code).toBe('PostgresEnded');
    expect(message.length).toBeLessThan(2_200);
    expect(
      message
        .split('\n')
        .slice(1)
        .every((line) => line.startsWith('LOG:  ')),
    ).toBe(true);
    expect(message).toContain('received fast shutdown');
  });
});
