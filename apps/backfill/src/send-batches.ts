import { refusalOf, refused } from './api-client.js';
import type { ApiAnswer, ApiClient } from './api-client.js';
import { BackfillFailed } from './backfill-failed.js';
import type { Batch } from './batches.js';
import { LIMITS } from './limits.js';

export interface SendOptions {
  /** New usage of a closed cycle is charged now, marked, instead of quarantined. */
  readonly isAdjusting: boolean;
  readonly onSent: (events: number) => void;
}

/**
 * Sends batches one after the other, since history is charged in its order; the next one is prepared while the API has
 * the one before. @throws {BackfillFailed} naming the lines that were refused
 */
export async function sendBatches(api: ApiClient, batches: AsyncIterable<Batch>, options: SendOptions): Promise<void> {
  const path = `/v1/backfill/events${options.isAdjusting ? '?adjust=true' : ''}`;
  const iterator = batches[Symbol.asyncIterator]();
  let sent = 0;
  let next = await iterator.next();
  while (next.done !== true) {
    const batch = next.value;
    const sending = api.call(path, { method: 'POST', body: batch.body });
    const [answer, following] = await Promise.all([sending, iterator.next()]);
    if (answer.status !== 202) throw refusedBatch(answer, batch, sent);
    sent += batch.lines.length;
    options.onSent(batch.lines.length);
    next = following;
  }
}

function refusedBatch(answer: ApiAnswer, { lines }: Batch, sent: number): BackfillFailed {
  const { code, errors } = refusalOf(answer);
  if (errors === undefined || errors.length === 0) return refused(answer);
  const shown = errors.slice(0, LIMITS.faultsShownMax).map((error) => {
    const line = error.index === undefined ? undefined : lines[error.index];
    return `\n  line ${line ?? '?'}, ${error.pointer ?? 'event'}: ${error.code}: ${error.detail}`;
  });
  const more = errors.length > shown.length ? `\n  and ${errors.length - shown.length} more` : '';
  const before = `${sent} events were accepted before; loading the mended file again charges them once.`;
  return new BackfillFailed('InvalidRow', `${code}${shown.join('')}${more}\n${before}`);
}
