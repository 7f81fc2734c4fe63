import type { Figure } from './figure.js';
import type { Sizes } from './sizes.js';
import type { World } from './system/world.js';

/** What the stages of one run share. */
export interface Run {
  readonly sizes: Sizes;
  readonly world: World;
  /**
   * Publish to caught-up read models over all organisations, in events a second, in a service that has just started: its
   * code is not compiled yet, its accounts are not open. Measured when it is first needed.
   */
  readonly coldSpreadRate: () => Promise<number>;
  /** The same load once more, after that. */
  readonly spreadRate: () => Promise<number>;
}

/** One measurement with its baseline. Totals are checked after it. */
export interface Stage {
  readonly name: string;
  readonly description: string;
  run(run: Run): Promise<readonly Figure[]>;
}
