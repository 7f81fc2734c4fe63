import type { DiskWatch } from './disk-watch.js';
import type { PartReport } from './worker-protocol.js';

/** What a part reports: its own view of itself, and the disk's. */
export function reportOf(
  health: { readonly isReady: boolean; readonly problems: readonly string[] },
  disk: DiskWatch,
  metrics: string,
): PartReport {
  const { isReady, problems } = health;
  return disk.isFull
    ? { isReady: false, problems: ['DiskFull', ...problems], metrics }
    : { isReady, problems, metrics };
}
