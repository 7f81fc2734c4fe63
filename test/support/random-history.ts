import { HOUR_MS } from '@app/metering';
import type { AccountHistory } from './account-history.js';

/** Pseudo-random numbers in [0, 1) from a seed (mulberry32): the same history for the same seed. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One random step of an account: mostly usage, of this cycle or an earlier one, sometimes everything else. */
export function step(account: AccountHistory, random: () => number): void {
  const dice = random();
  const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(random() * items.length)];
  account.atMs = Math.min(account.atMs + Math.floor(random() * 20 * HOUR_MS), account.cycle.endMs - 1);
  if (dice < 0.08) account.endCycle();
  else if (dice < 0.14 && account.closeCycle()) return;
  else if (dice < 0.2) account.grant(BigInt(Math.floor(random() * 1e12)));
  else if (dice < 0.25) account.quarantine('TooOld', `of \0 and ${String(pick(['ä', '\uFDD0', '💳']))}`);
  else
    account.use(
      Array.from({ length: 1 + Math.floor(random() * 6) }, () => ({
        meter: pick(['input-tokens', 'output-tokens', 'traces']) ?? '',
        usageTimeMs: Math.max(
          account.wallet.openedAtMs,
          account.atMs - Math.floor(random() * random() * 70) * 24 * HOUR_MS,
        ),
        quantityNanos: BigInt(Math.floor(random() * 1e14)),
        creditsNanos: BigInt(Math.floor(random() * 3e11)),
        dimensions: Object.fromEntries(
          [
            ['project', pick(['search', 'chat', 'a\0b', undefined])],
            ['user', pick(['u-1', 'u-2', 'u-3', '\uFDD0', undefined])],
            ['model', pick(['large', 'small'])],
          ].filter((pair): pair is [string, string] => pair[1] !== undefined),
        ),
      })),
    );
}
