import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { refused } from './api-client.js';
import type { ApiClient } from './api-client.js';
import { LIMITS } from './limits.js';

const lag = z.object({ waiting: z.number(), behind: z.number() });

/** Resolves when everything that was sent is folded and in the read models. @throws {BackfillFailed} */
export async function waitForReadModels(api: ApiClient, onWaiting: (waiting: number) => void): Promise<void> {
  for (;;) {
    const answer = await api.call('/v1/lag', { method: 'GET' });
    if (answer.status !== 200) throw refused(answer);
    const { waiting, behind } = lag.parse(answer.body);
    if (waiting === 0 && behind === 0) return;
    onWaiting(waiting);
    await sleep(LIMITS.lagPollMs);
  }
}
