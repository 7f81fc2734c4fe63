import type { FatalFault } from '../aggregator-config.js';
import type { Log } from '../log.js';
import type { Partitions } from '../partitions/partitions.js';
import type { AggregatorSettings } from '../settings.js';
import { Watchdog } from './watchdog.js';

export interface Watchdogs {
  /** Work that waits and does not move. */
  readonly work: Watchdog;
  /** A feed that does not answer: ending the process would not bring it back. */
  readonly feed: Watchdog;
  /**
   * A partition that another process has taken over while the feed still gives it to us. A group does not do that for
   * longer than a change of members takes: two groups are at work, and only a new start would take the partition back.
   */
  readonly lost: Watchdog;
}

interface WatchdogsOptions {
  readonly partitions: Partitions;
  readonly settings: AggregatorSettings;
  readonly log: Log;
  /** When the feed last answered (monotonic milliseconds). */
  readonly reachedAt: () => number;
  readonly onFatal: (fault: FatalFault) => void;
}

const STALLED = 'Work is waiting and nothing moves';
const LOST = 'Another process decides partitions that the feed gives to this one: are two groups on these streams?';

export function watchdogsOf({ partitions, settings, log, reachedAt, onFatal }: WatchdogsOptions): Watchdogs {
  const common = { redMs: settings.stalledRedMs, everyMs: settings.watchEveryMs, log };
  return {
    work: new Watchdog({
      ...common,
      message: STALLED,
      stalledSince: () => partitions.stalledSince,
      exit: { afterMs: settings.stalledExitMs, onStalled: () => onFatal({ code: 'Stalled', detail: STALLED }) },
    }),
    feed: new Watchdog({ ...common, message: 'The usage feed does not answer', stalledSince: reachedAt }),
    lost: new Watchdog({
      ...common,
      message: LOST,
      stalledSince: () => partitions.lostSince,
      exit: { afterMs: settings.lostExitMs, onStalled: () => onFatal({ code: 'PartitionLost', detail: LOST }) },
    }),
  };
}
