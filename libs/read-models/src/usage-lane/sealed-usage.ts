import type { UsageAccount } from './usage-account.js';
import type { UsageWindow } from './usage-window.js';

/** A window as its transaction writes it: accounts as they were when it ended, for later windows go on changing them. */
export interface SealedUsage {
  readonly window: UsageWindow;
  readonly accounts: readonly Readonly<UsageAccount>[];
  /** Orders the windows of a generation: the position of the window's last event. */
  readonly sequence: bigint;
  /** Segments of fewer rows are written without sums. */
  readonly sumsRowsMin: number;
}
