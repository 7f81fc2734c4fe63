import type { IdentityHasher } from '@app/accounts';
import { DAY_MS, dayOf, usageColumnsOf, type AccountEvent, type ClockKind, type EvidenceTable } from '@app/metering';
import type { Report } from './finding.js';
import { IdentitySet } from './identity-set.js';

/** How far before and after ledger time two events of one identity exclude each other (semantics, Identity). */
const WINDOW_BEFORE_MS = 35 * DAY_MS;
const WINDOW_AFTER_MS = DAY_MS;

/** Of which usage event something is said. */
interface Identified {
  readonly source: string;
  readonly id: string;
  readonly timeMs: number;
}

/**
 * I2 within an account: no identity is charged twice on one day, and none on two days that both lie in the conflict
 * window of the later charge.
 */
export class IdentityAudit {
  private readonly charged = new IdentitySet();
  private ledgerTimeMs = Number.NEGATIVE_INFINITY;
  private clock: ClockKind = 'history';

  constructor(
    private readonly organisation: string,
    private readonly hasher: IdentityHasher,
  ) {}

  get size(): number {
    return this.charged.size;
  }

  take(event: AccountEvent, report: Report): void {
    if (event.type === 'AccountOpened') this.clock = event.clock;
    if (event.type === 'LiveClockStarted') this.clock = 'live';
    if (event.type === 'UsageCharged') this.takeAll(usageColumnsOf(event).evidence, report);
    this.ledgerTimeMs = Math.max(this.ledgerTimeMs, event.atMs);
  }

  private takeAll(evidence: EvidenceTable, report: Report): void {
    const { count, sources, sourceNumbers, ids, timesMs, recordTimestampsMs } = evidence;
    for (let index = 0; index < count; index += 1) {
      const recordedMs = recordTimestampsMs[index] ?? 0;
      if (this.clock !== 'manual' && recordedMs > this.ledgerTimeMs) this.ledgerTimeMs = recordedMs;
      const source = sources.texts[sourceNumbers[index] ?? 0] ?? '';
      const id = ids[index] ?? '';
      const timeMs = timesMs[index] ?? 0;
      const identity = this.hasher.identityOf(this.organisation, source, id);
      const days = this.charged.add(identity, dayOf(timeMs));
      if (days !== undefined) this.compare(days, { source, id, timeMs }, report);
    }
  }

  private compare(days: readonly number[], line: Identified, report: Report): void {
    const fromMs = this.ledgerTimeMs - WINDOW_BEFORE_MS;
    const toMs = this.ledgerTimeMs + WINDOW_AFTER_MS;
    const isWindowed = line.timeMs >= fromMs && line.timeMs <= toMs;
    for (const day of days) {
      // Of the earlier charge only the day is kept: it counts as in the window where the whole day is.
      const isOtherWindowed = day * DAY_MS >= fromMs && (day + 1) * DAY_MS <= toMs;
      if (day === dayOf(line.timeMs) || (isWindowed && isOtherWindowed)) {
        report({ check: 'identities', detail: `the usage event ${line.source} ${line.id} was charged twice` });
        return;
      }
    }
  }
}
