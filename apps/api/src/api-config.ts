import { accountCacheBytesIn } from '@app/accounts';
import { addressIn, InvalidSetting, settingIn, type Environment } from '@app/postgres';
import { topicIn } from '@app/usage-feed';
import { DEFAULT_RATE_LIMITS } from './keys/rate-limiter.js';
import type { RateLimits } from './keys/rate-limiter.js';
import { LIMITS } from './limits.js';

export { InvalidSetting };

export interface ApiConfig {
  /** 127.0.0.1 unless told otherwise: the API speaks plain HTTP and belongs behind a proxy. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** At least `LIMITS.adminKeyCharsMin` characters. */
  readonly adminKey: string;
  /** Live usage topic; the others are named after it. */
  readonly topic: string;
  /** Of accounts at hand: half for those that commands decide on, half for those that are read. */
  readonly accountCacheBytes: number;
  readonly rateLimits: RateLimits;
}

/** Settings from environment variables. @throws {InvalidSetting} */
export function apiConfigFrom(env: Environment): ApiConfig {
  const adminKey = settingIn(env, 'CREDITFOLD_ADMIN_KEY') ?? '';
  if (adminKey.length < LIMITS.adminKeyCharsMin) {
    throw new InvalidSetting(
      `CREDITFOLD_ADMIN_KEY has to be set, with at least ${LIMITS.adminKeyCharsMin} characters.`,
    );
  }
  return {
    ...addressIn(env),
    adminKey,
    topic: topicIn(env),
    accountCacheBytes: accountCacheBytesIn(env),
    rateLimits: DEFAULT_RATE_LIMITS,
  };
}
