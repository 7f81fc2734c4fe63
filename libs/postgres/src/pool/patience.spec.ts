import { describe, expect, it } from '@jest/globals';
import { patienceOf } from './patience.js';

describe('patienceOf', () => {
  it.each([
    ['what the pool asks for', 'postgres://host/db', 2_000, 2_000],
    ['the default', 'postgres://host/db', undefined, 30_000],
    ['the URL before the pool', 'postgres://host/db?sslmode=require&statement_timeout=700', 2_000, 700],
    ['nothing that is no number of milliseconds', 'postgres://host/db?statement_timeout=2s', 2_000, 2_000],
    ['no wait without an end', 'postgres://host/db?statement_timeout=0', 2_000, 2_000],
    ['no URL at all', '/var/run/postgresql db', 2_000, 2_000],
  ])('%s; the client waits longer than the server, which is the first to say so', (_name, url, given, expected) => {
    const { statement_timeout: server, query_timeout: client } = patienceOf(url, given);
    expect(server).toBe(expected);
    expect(client).toBe(expected + 5_000);
  });
});
