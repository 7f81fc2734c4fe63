import { describe, expect, it } from '@jest/globals';
import { isAllowedUrl, isPublicAddress } from './address-policy.js';
import { guardedPost } from './guarded-post.js';

const unresolved = (): Promise<string[]> => Promise.reject(new Error('SERVFAIL'));
const PUBLIC = { isPrivateAllowed: false };

describe('addresses that requests may reach', () => {
  it.each([
    ['93.184.216.34', true],
    ['127.0.0.1', false],
    ['10.1.2.3', false],
    ['172.16.0.1', false],
    ['172.32.0.1', true],
    ['192.168.1.1', false],
    ['100.64.0.1', false],
    ['169.254.169.254', false],
    ['0.0.0.0', false],
    ['224.0.0.1', false],
    ['255.255.255.255', false],
    ['2606:2800:220:1:248:1893:25c8:1946', true],
    ['::1', false],
    ['::', false],
    ['fe80::1', false],
    ['fd00:ec2::254', false],
    ['::ffff:7f00:1', false],
    ['::ffff:93.184.216.34', false],
    ['64:ff9b::7f00:1', false],
    ['2002:7f00:1::', false],
    ['2001:db8::1', false],
    ['not an address', false],
  ])('%s: %s', (address, isPublic) => {
    expect(isPublicAddress(address)).toBe(isPublic);
  });

  it.each([
    ['https://hooks.example.com/x', true],
    ['http://hooks.example.com/x', false],
    ['ftp://hooks.example.com/x', false],
    ['https://user:password@hooks.example.com/', false],
    ['https://localhost/', false],
    ['https://db.internal/', false],
    ['https://127.0.0.1/', false],
    ['https://2130706433/', false],
    ['https://0177.0.0.1/', false],
    ['https://0x7f.1/', false],
    ['https://[::1]/', false],
    ['https://[::ffff:7f00:1]/', false],
    ['https://169.254.169.254/latest/meta-data', false],
    ['nonsense', false],
  ])('%s: %s', (url, isAllowed) => {
    expect(isAllowedUrl(url, PUBLIC)).toBe(isAllowed);
  });
});

describe('a guarded post', () => {
  const post = { url: 'https://hooks.example.com/', body: '{}', headers: {} };

  it.each([
    ['a name with a private address', ['10.0.0.1']],
    ['a name with a private address beside a public one', ['93.184.216.34', '127.0.0.1']],
    ['a name of the metadata service', ['169.254.169.254']],
  ])('refuses %s', async (_, addresses) => {
    const outcome = await guardedPost(post, { policy: PUBLIC, resolve: async () => addresses });
    expect(outcome).toEqual({ kind: 'refused', reason: 'address not allowed' });
  });

  it('fails closed when the name is not resolved', async () => {
    expect(await guardedPost(post, { policy: PUBLIC, resolve: unresolved })).toEqual({
      kind: 'failed',
      reason: 'name not resolved',
    });
    expect(await guardedPost(post, { policy: PUBLIC, resolve: async () => [] })).toMatchObject({ kind: 'failed' });
  });
});
