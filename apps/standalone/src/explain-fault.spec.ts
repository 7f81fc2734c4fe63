import { describe, expect, it } from '@jest/globals';
import { explainFault } from './explain-fault.js';
import { StartRefused } from './start-refused.js';

const coded = (code: string, message: string): Error => Object.assign(new Error(message), { code });

describe('explainFault', () => {
  it.each([
    ['a refusal', new StartRefused('PortInUse', 'taken'), { code: 'PortInUse', message: 'taken' }],
    ['a code of our own', coded('SchemaTooNew', 'too new'), { code: 'SchemaTooNew', message: 'too new' }],
    [
      'a full disk, however it is wrapped',
      new Error('it failed', { cause: coded('53100', 'could not extend') }),
      { code: 'DiskFull', message: expect.stringMatching(/^no space is left .*\nit failed$/s) },
    ],
    [
      'a database that is not there',
      coded('ECONNREFUSED', 'connect ECONNREFUSED'),
      { code: 'DatabaseUnavailable', message: 'the database does not answer: connect ECONNREFUSED' },
    ],
    [
      'the same behind a port',
      new Error('the store is gone', { cause: coded('57P01', 'terminated') }),
      { code: 'DatabaseUnavailable', message: 'the database does not answer: the store is gone' },
    ],
    ['not an error', 'boom', { code: 'Unexpected', message: 'boom' }],
  ])('%s', (_name, error, explained) => {
    expect(explainFault(error)).toEqual(explained);
  });

  it.each([
    ['no code', new Error('boom')],
    ["another system's code", coded('42601', 'boom')],
  ])('of %s shows where it came from', (_name, error) => {
    const { code, message } = explainFault(error);
    expect([code, message]).toEqual(['Unexpected', expect.stringMatching(/^Error: boom\n\s+at /)]);
  });
});
