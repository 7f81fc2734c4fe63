import type { Figure } from './figure.js';
import type { Sizes } from './sizes.js';
import type { World } from './system/world.js';

/** What the stages of one run share. */
export interface Run {
  readonly sizes: Sizes;
  readonly world: World;
  /** Publish to caught-up read models over all organisations, in events a second; measured when it is first needed. */
  readonly spreadRate: () => Promise<number>;
}

/** One measurement with its baseline. Totals are checked after it. */
export interface Stage {
  readonly name: string;
  readonly description: string;
  run(run: Run): Promise<readonly Figure[]>;
}
