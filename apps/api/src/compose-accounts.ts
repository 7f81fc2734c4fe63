import { randomUUID } from 'node:crypto';
import {
  AccountCommands,
  Accounts,
  CatalogStream,
  FeedStreams,
  IdentityHasher,
  loadOrCreateSecret,
  UnparkRequests,
  type OnWarning,
} from '@app/accounts';
import type { EventStore, SnapshotStore } from '@app/event-store';
import type { Catalog } from '@app/metering';
import type { UsageFeed } from '@app/usage-feed';
import type { Logger } from 'pino';
import type { ApiParts } from './api-parts.js';
import { Problem } from './edge/problem.js';
import { ParkedAccounts } from './parking/parked-accounts.js';
import { topicsOf } from './topics.js';

/** How often the catalog is looked at for a newer version. */
const CATALOG_POLL_MS = 1_000;

export interface AccountStores {
  readonly store: EventStore;
  readonly snapshots: SnapshotStore;
  readonly feed: UsageFeed;
  /** The live topic; it and those that are named after it are there. */
  readonly topic: string;
  readonly accountCacheBytes: number;
  readonly nowMs: () => number;
  readonly log: Logger;
}

export interface AccountParts extends Pick<
  ApiParts,
  'store' | 'accounts' | 'commands' | 'catalogs' | 'feeds' | 'parked' | 'unparkRequests'
> {
  /** Follows catalog and parked accounts no more. */
  stop(): Promise<void>;
}

/** What takes commands to accounts, on these stores. */
export async function composeAccounts(given: AccountStores): Promise<AccountParts> {
  const { store, snapshots, feed, topic, nowMs, log } = given;
  const onWarning: OnWarning = (message, err, stream) => log.warn({ err, stream }, message);
  const hasher = new IdentityHasher(await loadOrCreateSecret(store, nowMs()));
  const options = { store, snapshots, hasher, onWarning };
  const cachedBytesMax = given.accountCacheBytes / 2;
  // Reading brings accounts up to date in place, so those that commands decide on are kept apart. Their snapshots do.
  const accounts = new Accounts({ ...options, limits: { cachedBytesMax, snapshotsWaitingMax: 0 } });
  const decided = new Accounts({ ...options, limits: { cachedBytesMax } });
  const catalogs = new CatalogStream(store, nowMs);
  await catalogs.refresh();
  catalogs.follow(CATALOG_POLL_MS, onWarning);
  const feeds = new FeedStreams({ store, snapshots, process: `api-${randomUUID()}`, onWarning });
  const parked = new ParkedAccounts({ feed, feeds, topics: Object.values(topicsOf(topic)) });
  await parked.look();
  parked.follow(onWarning);
  const commands = new AccountCommands({
    accounts: decided,
    catalog: () => currentOf(catalogs),
    isParked: (organisation) => parked.has(organisation),
    nowMs,
  });
  const unparkRequests = new UnparkRequests({ store, streams: feeds, topic });
  const stop = async (): Promise<void> => {
    catalogs.stop();
    await parked.stop();
  };
  return { store, accounts, commands, catalogs, feeds, parked, unparkRequests, stop };
}

/** Before the first catalog there is no plan that an account could have. */
function currentOf({ current }: CatalogStream): Catalog {
  if (!current) throw Problem.refusal('UnknownPlan', 'no catalog has been published yet');
  return current;
}
