import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InvalidSetting } from './invalid-setting.js';
import { SECRET_VARIABLES, withSecretFiles } from './secret-files.js';

describe('secrets in files', () => {
  let directory: string;
  const file = (name: string): string => join(directory, name);
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'secrets-'));
    writeFileSync(file('secret'), ' s3cret \n');
    writeFileSync(file('empty'), '\n');
    writeFileSync(file('huge'), 'x'.repeat(65_537));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it.each(SECRET_VARIABLES)('%s is what its file holds, without the white space around it', (name) => {
    const env = { [`${name}_FILE`]: file('secret'), PORT: '1' };
    expect(withSecretFiles(env)).toEqual({ ...env, [name]: 's3cret' });
  });

  it('leaves alone what is no secret, and counts an empty variable as absent', () => {
    const env = { KAFKA_TLS_CA_FILE: file('secret'), DATABASE_URL_FILE: '', DATABASE_URL: 'postgres://db' };
    expect(withSecretFiles(env)).toEqual(env);
    expect(withSecretFiles({ DATABASE_URL: '', DATABASE_URL_FILE: file('secret') })['DATABASE_URL']).toBe('s3cret');
  });

  it.each([
    ['a file that is not there', 'none', {}, 'cannot be read (ENOENT)'],
    ['a folder', '.', {}, 'cannot be read (EISDIR)'],
    ['an empty file', 'empty', {}, 'holds no secret'],
    ['a file that is none', 'huge', {}, 'holds no secret'],
    ['two places', 'secret', { CREDITFOLD_ADMIN_KEY: 'given' }, 'are both set'],
  ])('%s ends the start, by name', (_name, path, beside, message) => {
    const read = (): unknown => withSecretFiles({ CREDITFOLD_ADMIN_KEY_FILE: file(path), ...beside });
    expect(read).toThrow(InvalidSetting);
    expect(read).toThrow('CREDITFOLD_ADMIN_KEY_FILE');
    expect(read).toThrow(message);
    expect(read).not.toThrow('s3cret');
  });

  it('are listed in docs/operations.md', () => {
    const sentence = /by a file instead[^:]*:([^.]*)\./.exec(readFileSync('docs/operations.md', 'utf8'))?.[1] ?? '';
    expect([...sentence.matchAll(/`([A-Z_]+)_FILE`/g)].map(([, name]) => name)).toEqual([...SECRET_VARIABLES]);
  });
});
