import { randomUUID } from 'node:crypto';
import {
  AccountCommands,
  Accounts,
  CatalogStream,
  FeedStreams,
  IdentityHasher,
  loadOrCreateSecret,
} from '@app/accounts';
import type { EventStore, SnapshotStore } from '@app/event-store';
import type { Catalog } from '@app/metering';
import type { Logger } from 'pino';
import type { ApiParts } from './api-parts.js';
import { Problem } from './edge/problem.js';
import { LIMITS } from './limits.js';

/** How often the catalog is looked at for a newer version. */
const CATALOG_POLL_MS = 1_000;

export interface AccountStores {
  readonly store: EventStore;
  readonly snapshots: SnapshotStore;
  readonly nowMs: () => number;
  readonly log: Logger;
}

export type AccountParts = Pick<ApiParts, 'store' | 'accounts' | 'commands' | 'catalogs' | 'feeds'>;

/** What takes commands to accounts, on these stores. The catalog is followed until `catalogs.stop()`. */
export async function composeAccounts({ store, snapshots, nowMs, log }: AccountStores): Promise<AccountParts> {
  const onWarning = (message: string, err: unknown): void => log.warn({ err }, message);
  const hasher = new IdentityHasher(await loadOrCreateSecret(store, nowMs()));
  const options = { store, snapshots, hasher, onWarning };
  const { cachedAccountBytesMax: cachedBytesMax } = LIMITS;
  // Reading brings accounts up to date in place, so those that commands decide on are kept apart. Their snapshots do.
  const accounts = new Accounts({ ...options, limits: { cachedBytesMax, snapshotsWaitingMax: 0 } });
  const decided = new Accounts({ ...options, limits: { cachedBytesMax } });
  const catalogs = new CatalogStream(store, nowMs);
  await catalogs.refresh();
  catalogs.follow(CATALOG_POLL_MS, onWarning);
  const commands = new AccountCommands({ accounts: decided, catalog: () => currentOf(catalogs), nowMs });
  const feeds = new FeedStreams({ store, snapshots, process: `api-${randomUUID()}`, onWarning });
  return { store, accounts, commands, catalogs, feeds };
}

/** Before the first catalog there is no plan that an account could have. */
function currentOf({ current }: CatalogStream): Catalog {
  if (!current) throw Problem.refusal('UnknownPlan', 'no catalog has been published yet');
  return current;
}
