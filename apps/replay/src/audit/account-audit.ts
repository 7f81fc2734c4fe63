import type { IdentityHasher } from '@app/accounts';
import {
  applyEvent,
  initialState,
  usageColumnsOf,
  type AccountEvent,
  type AccountState,
  type Catalog,
} from '@app/metering';
import { ConservationAudit } from './conservation-audit.js';
import { CycleBook } from './cycle-book.js';
import { auditEvidence } from './evidence-audit.js';
import type { Report } from './finding.js';
import { IdentityAudit } from './identity-audit.js';
import { OffsetAudit } from './offset-audit.js';
import { RatingAudit } from './rating-audit.js';

/** All checks of one account, event by event, and the state that its stream folds into. */
export class AccountAudit {
  readonly state: AccountState;
  usageEvents = 0;
  lines = 0;
  private readonly cycles = new CycleBook();
  private readonly conservation = new ConservationAudit(this.cycles);
  private readonly rating = new RatingAudit(this.cycles);
  private readonly offsets = new OffsetAudit();
  private readonly identities: IdentityAudit;
  /** An event could not be read or folded: what follows has nothing to stand on. */
  isBroken = false;

  constructor(
    readonly organisation: string,
    hasher: IdentityHasher,
  ) {
    this.state = initialState(organisation);
    this.identities = new IdentityAudit(organisation, hasher);
  }

  get identityCount(): number {
    return this.identities.size;
  }

  get balanceCount(): number {
    return this.conservation.poolCount;
  }

  take(
    event: AccountEvent,
    revision: bigint,
    at: { readonly catalog: Catalog | undefined; readonly report: Report },
  ): void {
    if (this.isBroken) return;
    const { catalog, report } = at;
    let areSums = false;
    if (event.type === 'UsageCharged') {
      const { evidence } = usageColumnsOf(event);
      this.usageEvents += evidence.count;
      this.lines += evidence.lineCount;
      areSums = auditEvidence(event, report);
    }
    this.identities.take(event, report);
    this.offsets.take(event, report);
    this.rating.take(event, { catalog, areSums }, report);
    this.cycles.take(event);
    try {
      applyEvent(this.state, event, revision);
    } catch (error) {
      this.isBroken = true;
      report({ check: 'conservation', detail: `the event cannot be folded: ${String(error)}` });
      return;
    }
    this.conservation.take(event, this.state.wallet, report);
  }

  /** At the stream's end. */
  finish(report: Report): void {
    if (!this.isBroken) this.conservation.finish(this.state.wallet, report);
  }
}
