import type { LoadedAccount } from '@app/accounts';
import { formatTime } from '@app/metering';
import { z } from 'zod';

/** What an answer is based on. */
export const asOf = z.object({
  revision: z.string(),
  position: z.string(),
  ledgerTime: z.string().nullable(),
});

/** Of an answer that was taken from the account as it was loaded from its stream. */
export const asOfAccount = ({ revision, position, state }: LoadedAccount): z.input<typeof asOf> => ({
  revision: revision.toString(),
  position: position.commit.toString(),
  ledgerTime: formatTime(state.wallet.ledgerTimeMs),
});
