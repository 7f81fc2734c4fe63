import { LIMITS } from '../limits.js';
import type { RateKind } from '../edge/endpoint.js';

/** Tokens a second, and how many may be saved up. A request costs one, ingest one an event. */
interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
}

export type RateLimits = Readonly<Record<RateKind, RateLimit>>;

/** Generous: bulk ingest of one key at the speed of the whole service is not held back. */
export const DEFAULT_RATE_LIMITS: RateLimits = {
  ingest: { perSecond: 250_000, burst: 1_000_000 },
  query: { perSecond: 2_000, burst: 4_000 },
  command: { perSecond: 2_000, burst: 4_000 },
};

interface Bucket {
  tokens: number;
  atMs: number;
}

/**
 * Token buckets in memory, one per caller and kind of request: limits hold per process. It cannot fail, and when it
 * remembers too many callers it forgets the one longest unused.
 */
export class RateLimiter {
  readonly #buckets = new Map<string, Bucket>();

  constructor(
    private readonly limits: RateLimits,
    private readonly nowMs: () => number,
  ) {}

  /** Takes `cost` tokens and answers 0, or takes nothing and answers the seconds after which it would have worked. */
  take(caller: string, kind: RateKind, cost: number): number {
    const { perSecond, burst } = this.limits[kind];
    const name = `${kind} ${caller}`;
    const nowMs = this.nowMs();
    const bucket = this.#buckets.get(name) ?? { tokens: burst, atMs: nowMs };
    this.#buckets.delete(name);
    this.#buckets.set(name, bucket);
    this.#forgetOldest();
    bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, nowMs - bucket.atMs) * perSecond) / 1_000);
    bucket.atMs = nowMs;
    // A request dearer than a full bucket is served when the bucket is full: it could never be otherwise.
    const needed = Math.min(cost, burst);
    if (bucket.tokens < needed) return Math.max(1, Math.ceil((needed - bucket.tokens) / perSecond));
    bucket.tokens -= cost;
    return 0;
  }

  #forgetOldest(): void {
    if (this.#buckets.size <= LIMITS.rateBucketsMax) return;
    const oldest = this.#buckets.keys().next();
    if (oldest.done !== true) this.#buckets.delete(oldest.value);
  }
}
