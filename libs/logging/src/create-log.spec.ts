import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createLog } from './create-log.js';

describe('createLog', () => {
  let directory: string;
  let file: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'log-'));
    file = join(directory, 'log');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('writes each line at once', () => {
    createLog({ name: 'part', level: 'info' }, file).info({ partition: 3 }, 'It moves');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ name: 'part', partition: 3, msg: 'It moves' });
  });

  it('leaves out what repeats itself without end', () => {
    const log = createLog({ level: 'info' }, file);
    for (let line = 0; line < 5_000; line += 1) log.warn({ line }, 'The store is down');
    log.error('The partition cannot go on');
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(101);
    expect(lines.at(-1)).toContain('The partition cannot go on');
  });

  it('loses what the file does not take, in bounded memory, and nothing else happens', () => {
    writeFileSync(file, '');
    // Every write to it fails, as on a full disk.
    const readOnly = openSync(file, 'r');
    const log = createLog({ level: 'info' }, readOnly);
    const before = process.memoryUsage().rss;
    for (let line = 0; line < 2_000; line += 1) log.info({ text: 'x'.repeat(100_000) }, 'lost');
    // It would be 200 MB if it were kept.
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
    closeSync(readOnly);
  });
});
