import { accountEvents } from '@app/accounts';
import type { LoadedAccount } from '@app/accounts';
import type { EventStore } from '@app/event-store';
import { formatCredits } from '@app/metering';
import { revisionOf } from '../payments/purchases.controller.js';
import type { BoughtPackage } from './statement.js';

/** Packages that an account bought in [fromMs, toMs), with the prices that its stream recorded, oldest first. */
export async function boughtPackages(
  store: EventStore,
  { stream, state }: LoadedAccount,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Promise<readonly BoughtPackage[]> {
  const bought: BoughtPackage[] = [];
  for (const { grants, atMs } of state.wallet.purchases.values()) {
    if (atMs < fromMs || atMs >= toMs) continue;
    const [stored] = await store.readStream(stream, { from: revisionOf(grants), maxCount: 1 });
    const event = stored && accountEvents.decode(stored).event;
    if (event?.type !== 'CreditsPurchased') continue;
    const { package: key, pool, creditsNanos, bonusNanos, price } = event.purchase;
    bought.push({ package: key, pool, credits: formatCredits(creditsNanos + bonusNanos), price, atMs });
  }
  return bought.toSorted((one, other) => one.atMs - other.atMs);
}
