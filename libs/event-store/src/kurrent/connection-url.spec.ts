import { describe, expect, it } from '@jest/globals';
import { parseConnectionUrl } from './connection-url.js';

describe('parseConnectionUrl', () => {
  it.each([
    ['esdb://localhost?tls=false', 'localhost:2113', false, 'nobody'],
    ['esdb://127.0.0.1:2114/?tls=false', '127.0.0.1:2114', false, 'nobody'],
    ['esdb://admin:s%40crt@node:2113', 'node:2113', true, 'admin'],
    [
      'esdb+discover://admin:changeit@cluster.example:2113?nodePreference=leader',
      'cluster.example:2113',
      true,
      'admin',
    ],
    ['esdb://admin:changeit@one:1,two:2?tls=true', 'one:1', true, 'admin'],
  ])('reads %s', (url, host, isSecure, username) => {
    expect(parseConnectionUrl(url)).toMatchObject({ host, isSecure, credentials: { username } });
  });

  it('decodes a password', () => {
    expect(parseConnectionUrl('esdb://admin:s%40crt@node').credentials.password).toBe('s@crt');
  });

  it.each([
    ['another protocol', 'http://localhost:2113', 'not esdb://'],
    ['nothing', '', 'not esdb://'],
    ['TLS without a user', 'esdb://localhost:2113', 'no user and password'],
    ['conflicts as values of the client', 'esdb://localhost?tls=false&throwOnAppendFailure=false', 'would be wrong'],
  ])('refuses %s', (_name, url, why) => {
    expect(() => parseConnectionUrl(url)).toThrow(why);
  });

  it('never repeats a password in an error', () => {
    expect(() => parseConnectionUrl('http://admin:changeit@localhost')).toThrow(/^(?!.*changeit)/);
  });
});
