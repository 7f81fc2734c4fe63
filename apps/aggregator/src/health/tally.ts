import type { UsageCounts } from '@app/metering';

/** What this process has done since it started: plain numbers, read when somebody asks for metrics. */
export class Tally {
  records = 0;
  charged = 0;
  late = 0;
  adjusted = 0;
  duplicates = 0;
  quarantined = 0;
  /** Records at or below an account's folded offset: delivered again. */
  skipped = 0;
  parkedRecords = 0;
  appends = 0;
  conflicts = 0;
  retries = 0;
  positions = 0;
  fences = 0;
  closedCycles = 0;
  scheduledAppends = 0;

  count(counts: UsageCounts): void {
    this.charged += counts.charged;
    this.late += counts.late;
    this.adjusted += counts.adjusted;
    this.duplicates += counts.duplicates;
    this.quarantined += counts.quarantined;
  }
}
