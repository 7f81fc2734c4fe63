import { describe, expect, it } from '@jest/globals';
import { dataDirectoryFault } from './data-directory-fault.js';

const coded = (code: string): Error => Object.assign(new Error(`${code}: it failed`), { code });

describe('dataDirectoryFault', () => {
  it.each([
    ['ENOSPC', 'DiskFull', 'no space is left for /data: make room'],
    ['EDQUOT', 'DiskFull', 'no space is left for /data: make room'],
    ['EACCES', 'DataDirectoryUnusable', '/data cannot be made or written (EACCES: it failed)'],
    ['EROFS', 'DataDirectoryUnusable', '/data cannot be made or written (EROFS: it failed)'],
  ])('%s: %s', (code, explained, message) => {
    expect(dataDirectoryFault(coded(code), '/data')).toMatchObject({
      code: explained,
      message: expect.stringContaining(`${explained}: ${message}`),
    });
  });

  it.each([coded('EMFILE'), new Error('boom'), 'boom'])('leaves %s as it is', (error) => {
    expect(dataDirectoryFault(error, '/data')).toBe(error);
  });
});
