import { foldAccountUntil } from '@app/accounts';
import type { EventStore } from '@app/event-store';
import { formatTime } from '@app/metering';
import { balanceAnswer, type BalanceAnswer } from '@app/read-models';

/** A point in both times: ledger time, and the event store's clock. */
export interface BalancePoint {
  readonly atMs: number | undefined;
  readonly knownAtMs: number | undefined;
}

/**
 * The balance at a ledger time as it was known at a wall-clock time, folded from the stream; undefined where the account
 * was not open, or nobody knew of it. @throws {AccountBroken}
 */
export async function balanceAt(
  store: EventStore,
  organisation: string,
  { atMs, knownAtMs }: BalancePoint,
): Promise<BalanceAnswer | undefined> {
  const until = {
    ...(atMs === undefined ? {} : { atMs }),
    ...(knownAtMs === undefined ? {} : { knownAtMs }),
  };
  const { state, revision, last } = await foldAccountUntil({ store, organisation, ...until });
  const { wallet } = state;
  if (!wallet.isOpen) return undefined;
  const asOf = {
    revision: revision.toString(),
    position: (last?.position.commit ?? 0n).toString(),
    ledgerTime: formatTime(wallet.ledgerTimeMs),
  };
  return balanceAnswer({ organisation, wallet, revision, asOf });
}
