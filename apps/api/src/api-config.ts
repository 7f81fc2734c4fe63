import { DEFAULT_RATE_LIMITS } from './keys/rate-limiter.js';
import type { RateLimits } from './keys/rate-limiter.js';
import { LIMITS } from './limits.js';
import { DEFAULT_TOPIC } from './topics.js';

export interface ApiConfig {
  /** 127.0.0.1 unless told otherwise: the API speaks plain HTTP and belongs behind a proxy. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** At least `LIMITS.adminKeyCharsMin` characters. */
  readonly adminKey: string;
  /** Live usage topic; the others are named after it. */
  readonly topic: string;
  readonly rateLimits: RateLimits;
}

/** A setting that is missing or wrong ends the start, with its name and what it should be. */
export class InvalidSetting extends Error {
  override readonly name = 'InvalidSetting';
  readonly code = 'InvalidSetting';
}

/** Settings from environment variables. @throws {InvalidSetting} */
export function apiConfigFrom(env: Readonly<Record<string, string | undefined>>): ApiConfig {
  const adminKey = env['CREDITFOLD_ADMIN_KEY'] ?? '';
  if (adminKey.length < LIMITS.adminKeyCharsMin) {
    throw new InvalidSetting(
      `CREDITFOLD_ADMIN_KEY has to be set, with at least ${LIMITS.adminKeyCharsMin} characters.`,
    );
  }
  return {
    host: env['HOST'] ?? '127.0.0.1',
    port: portOf(env['PORT'] ?? '3000'),
    adminKey,
    topic: env['CREDITFOLD_TOPIC'] ?? DEFAULT_TOPIC,
    rateLimits: DEFAULT_RATE_LIMITS,
  };
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new InvalidSetting('PORT has to be a number from 0 to 65535.');
  return port;
}
