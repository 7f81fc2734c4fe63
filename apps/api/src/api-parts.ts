import type { AccountCommands, Accounts, CatalogStream, FeedStreams, UnparkRequests } from '@app/accounts';
import type { EventStore } from '@app/event-store';
import type { Queries } from '@app/read-models';
import type { UsageFeed } from '@app/usage-feed';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { KeyStore } from './keys/key-store.js';
import type { NotificationParts } from './notifications/compose-notifications.js';
import type { ParkedAccounts } from './parking/parked-accounts.js';
import type { PaymentParts } from './payments/compose-payments.js';

/**
 * Everything that the API works with and does not make itself. The single process composes it from its settings,
 * standalone from the parts it already has.
 */
export interface ApiParts {
  readonly feed: UsageFeed;
  readonly store: EventStore;
  /** A decider of its own: not the one that the aggregator decides with. */
  readonly accounts: Accounts;
  readonly commands: AccountCommands;
  /** Followed by its maker, so that `current` is what is in force. */
  readonly catalogs: CatalogStream;
  /** Read only: where the partitions are. */
  readonly feeds: FeedStreams;
  /** Followed by its maker. */
  readonly parked: ParkedAccounts;
  readonly unparkRequests: UnparkRequests;
  readonly queries: Queries;
  readonly keys: KeyStore;
  readonly payments: PaymentParts;
  readonly notifications: NotificationParts;
  /** Names of what is not ready to serve requests, for people and probes: no hosts, no secrets. */
  readonly unreadyParts: () => Promise<readonly string[]>;
  /** The wall clock: for key expiry, rates, command times and the accepted range of usage times. */
  readonly nowMs: () => number;
  readonly log: Logger;
  readonly metrics: Registry;
  /** Of other parts in the same process, in the text format of Prometheus. */
  readonly otherMetrics?: () => string;
}
