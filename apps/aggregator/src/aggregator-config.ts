import type { AccountsLimits } from '@app/accounts';
import type { EventStore, SnapshotStore } from '@app/event-store';
import type { FeedAlarm, UsageFeed } from '@app/usage-feed';
import type { CrashPoint } from './crash-points.js';
import type { Log } from './log.js';
import type { DueAccounts } from './scheduler/due-accounts.js';
import type { AggregatorSettings } from './settings.js';

/** Why the process has to end: nothing that it could do by itself mends this. */
export interface FatalFault {
  readonly code: FeedAlarm['code'] | 'Stalled' | 'PartitionLost' | 'Failed';
  readonly detail: string;
}

/** The parts that an aggregator works on. They are their maker's to close, after it has stopped. */
export interface AggregatorConfig {
  readonly store: EventStore;
  readonly snapshots: SnapshotStore;
  readonly feed: UsageFeed;
  /** The live topic; backfill and requeue are named after it. */
  readonly topic: string;
  /** The read model's hint for the scheduler. */
  readonly dueAccounts: DueAccounts;
  /** The wall clock, Unix milliseconds. */
  readonly nowMs?: () => number;
  readonly log: Log;
  /** Called once, when the process has to end with a code other than 0 (I11). */
  readonly onFatal: (fault: FatalFault) => void;
  /** For tests that end the process at every await that touches the world. */
  readonly crashPoint?: CrashPoint;
  readonly settings?: Partial<AggregatorSettings>;
  readonly accountsLimits?: Partial<AccountsLimits>;
}
