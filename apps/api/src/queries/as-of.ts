import type { LoadedAccount } from '@app/accounts';
import type { EventStore } from '@app/event-store';
import { formatTime } from '@app/metering';
import { z } from 'zod';

/** What an answer is based on. */
export const asOf = z.object({
  revision: z.string(),
  position: z.string(),
  ledgerTime: z.string().nullable(),
});

/** Of an answer that was taken from the account's own stream. */
export async function asOfStream(store: EventStore, account: LoadedAccount): Promise<z.input<typeof asOf>> {
  const { stream, revision, state } = account;
  const [last] = await store.readStream(stream, { from: revision, maxCount: 1 });
  return {
    revision: revision.toString(),
    position: (last?.position.commit ?? 0n).toString(),
    ledgerTime: formatTime(state.wallet.ledgerTimeMs),
  };
}
