import type { GateProblem } from '../deciding/deciding-gate.js';
import type { FeedAlarm } from '@app/usage-feed';

/** What an aggregator says of itself: no hosts, no secrets, no organisation's data. */
export interface AggregatorHealth {
  /** Deciding, or able to: false turns probes red. */
  readonly isReady: boolean;
  /** Why nothing is decided, by stable codes. */
  readonly problems: readonly AggregatorProblem[];
  /** Partitions that have stopped, and the command that an operator runs next. */
  readonly alarms: readonly string[];
  /** Accounts that cannot be decided; others flow, so this alone does not make it unready. */
  readonly parkedAccounts: number;
  /** Partitions that are ours. */
  readonly partitions: number;
  /** Partitions that another process has taken over. */
  readonly lostPartitions: number;
  readonly waitingRecords: number;
  /** How far our clock is ahead of the event store's. */
  readonly clockSkewMs: number;
}

export type AggregatorProblem =
  GateProblem | FeedAlarm['code'] | 'Stalled' | 'FeedUnavailable' | 'PartitionLost' | 'Fatal' | 'AccountsParked';

/** Problems that an operator has to look at while everything else goes on. */
const WARNINGS: readonly AggregatorProblem[] = ['AccountsParked'];

export const isReadyWith = (problems: readonly AggregatorProblem[]): boolean =>
  problems.every((problem) => WARNINGS.includes(problem));
