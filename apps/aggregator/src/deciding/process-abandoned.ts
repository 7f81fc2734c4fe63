import type { CrashPoint, CrashPointName } from '../crash-points.js';

/** A crash point threw: nobody may handle this as an account's or a store's fault. */
export class ProcessAbandoned extends Error {
  override readonly name = 'ProcessAbandoned';
}

/** The aggregator is stopping: what is under way is given up, and the store says later what became of it. */
export class Stopping extends Error {
  override readonly name = 'Stopping';
}

/** A crash point whose throw passes every handler. */
export function crashing(crashPoint: CrashPoint): CrashPoint {
  return (name: CrashPointName) => {
    try {
      crashPoint(name);
    } catch (cause) {
      throw new ProcessAbandoned(`Ended at ${name}`, { cause });
    }
  };
}
