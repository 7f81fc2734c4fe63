import { describe, expect, it } from '@jest/globals';
import { isConnectionLost, isDiskFull, isTransient, UnknownOutcome } from './transient.js';

const coded = (code: string): Error => Object.assign(new Error('from the server'), { code });

describe('isTransient', () => {
  it.each([
    ['connection refused', coded('ECONNREFUSED'), true, true],
    ['connection reset', coded('ECONNRESET'), true, true],
    ['every address refused', new AggregateError([coded('ECONNREFUSED')]), true, true],
    ['driver: terminated', new Error('Connection terminated unexpectedly'), true, true],
    ['driver: pool exhausted', new Error('timeout exceeded when trying to connect'), true, true],
    ['connection exception', coded('08006'), true, true],
    ['admin shutdown', coded('57P01'), true, true],
    ['crash shutdown', coded('57P02'), true, true],
    ['cannot connect now', coded('57P03'), true, true],
    ['serialization failure', coded('40001'), true, false],
    ['deadlock', coded('40P01'), true, false],
    ['too many connections', coded('53300'), true, false],
    ['disk full', coded('53100'), true, false],
    ['a disk that fails', coded('58030'), true, false],
    ['a file that the server misses', coded('58P01'), true, false],
    ['statement timeout', coded('57014'), true, false],
    ['unknown outcome', new UnknownOutcome('commit'), true, false],
    ['unique violation', coded('23505'), false, false],
    ['syntax error', coded('42601'), false, false],
    ['plain error', new Error('boom'), false, false],
    ['not an error', 'boom', false, false],
    ['nothing', undefined, false, false],
  ])('%s', (_name, error, transient, lost) => {
    expect(isTransient(error)).toBe(transient);
    expect(isConnectionLost(error)).toBe(lost);
  });
});

describe('isDiskFull', () => {
  it('sees through whatever wraps it, and nothing else', () => {
    const wrapped = new Error('the feed took nothing', {
      cause: new Error('a statement failed', { cause: coded('53100') }),
    });
    expect([wrapped, coded('53200'), new Error('No space left on device'), undefined].map(isDiskFull)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});
