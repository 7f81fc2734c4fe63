import { wholeNumberIn, type Environment } from '@app/postgres';
import { ACCOUNTS_LIMITS } from '../limits.js';

const MIB = 1024 * 1024;

/** Bytes that a process may keep at hand of accounts and their identities. @throws {InvalidSetting} */
export function accountCacheBytesIn(env: Environment): number {
  const otherwise = ACCOUNTS_LIMITS.cachedBytesMax / MIB;
  return wholeNumberIn(env, 'CREDITFOLD_ACCOUNT_CACHE_MIB', { min: 16, max: 65_536, otherwise }) * MIB;
}
