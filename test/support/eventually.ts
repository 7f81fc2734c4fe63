import { setTimeout as sleep } from 'node:timers/promises';

const WITHIN_MS = 90_000;
const POLL_MS = 25;

/** Looks until it is so; a look that throws is a no. @throws when it never is, with the last look's error as the cause */
export async function eventually(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAtMs = Date.now() + WITHIN_MS;
  for (;;) {
    let cause: unknown;
    try {
      if (await isSo()) return;
    } catch (error) {
      cause = error;
    }
    if (Date.now() > giveUpAtMs) throw new Error(`waited in vain: ${what}`, { cause });
    await sleep(POLL_MS);
  }
}
