import {
  usageColumnsOf,
  type AccountEvent,
  type Catalog,
  type DimensionLookup,
  type Price,
  type UsageCharged,
} from '@app/metering';
import { auditAccrual } from './accrual-audit.js';
import type { CycleBook } from './cycle-book.js';
import type { Report } from './finding.js';
import { LineCursor } from './line-cursor.js';
import { quantityFault, type ExactSums } from './quantity-audit.js';
import { RateBooks } from './rate-books.js';
import { proveRating, type RatedBy } from './rating-proof.js';
import { SampleQueue } from './sample-queue.js';
import { checkPlace, priceFor, termsOf, type UseTerms } from './use-terms.js';

/**
 * Computes every line's credits again: C(Q + q) − C(Q) by the catalog that the event names, Q added up from the
 * evidence lines alone, per rate and cycle.
 */
export class RatingAudit {
  private readonly books = new RateBooks();
  /** The cycle whose gauges were accrued by the event before. */
  private accruedCycleMs: number | undefined;

  constructor(private readonly cycles: CycleBook) {}

  /**
   * `catalog` is that of the version which a `UsageCharged` names; undefined where the catalog's stream lacks it.
   * `areSums`: its groups were proven to be the sums of its lines.
   */
  take(event: AccountEvent, by: { catalog: Catalog | undefined; areSums: boolean }, report: Report): void {
    if (event.type === 'CycleEnded') {
      this.checkAccrued(event.ended.startMs, event.ended.endMs, report);
      for (const movement of event.entries.flatMap((entry) => entry.movements))
        if (movement.kind === 'forgive') this.takeBack(movement.debt, movement.amountNanos);
    }
    if (event.type === 'CreditsRefunded')
      for (const { draw, amountNanos } of event.reversals) if (draw) this.takeBack(draw, amountNanos);
    if (event.type !== 'UsageCharged') return;
    const { catalog, areSums } = by;
    if (catalog === undefined) {
      report({ check: 'rating', detail: `catalog version ${event.catalogVersion} is not in the catalog's stream` });
      return;
    }
    const terms = event.uses.map((use) => termsOf(use, { catalog, books: this.books, report }));
    if (event.feed === null) {
      this.accruedCycleMs = event.uses[0]?.cycle.startMs;
      auditAccrual(event, { terms, catalog, books: this.books.ofCycle(this.accruedCycleMs ?? 0) }, report);
      return;
    }
    for (const use of event.uses) checkPlace(use, this.cycles, report);
    const ratedBy = { terms, catalog, cycles: this.cycles };
    const proven = areSums ? proveRating(event, ratedBy) : NONE;
    if (proven.size < usageColumnsOf(event).evidence.amounts.size || event.samples.length > 0)
      new EventRating(event, ratedBy, report).run(proven);
  }

  private takeBack(of: { readonly cycleStartMs: number; readonly rate: string | null }, amountNanos: bigint): void {
    this.books
      .ofCycle(of.cycleStartMs)
      .get(of.rate ?? '')
      ?.takeBack(amountNanos);
  }

  /** A cycle's end adds what gauges still owe, in the event just before. */
  private checkAccrued(startMs: number, endMs: number, report: Report): void {
    const isAccrued = this.accruedCycleMs === startMs;
    this.accruedCycleMs = undefined;
    if (isAccrued) return;
    for (const book of this.books.ofCycle(startMs).values())
      for (const [name, series] of book.series)
        if (book.isGauge && series.outstanding(endMs) !== 0n)
          report({ check: 'rating', detail: `the cycle ends and the gauge ${book.meter} ${name} is not accrued` });
  }
}

const NONE: ReadonlySet<number> = new Set();

/** The lines of one event. */
class EventRating {
  readonly samples: SampleQueue;
  readonly exact: ExactSums = new Map();
  /** By use and index of the event's dimensions: undefined where not looked up yet, null where it is another rate's. */
  private readonly prices: (Price | null | undefined)[][] = [];

  constructor(
    private readonly event: UsageCharged,
    private readonly by: RatedBy,
    private readonly report: Report,
  ) {
    this.samples = new SampleQueue(event);
  }

  /** Lines of the proven uses need no more. */
  run(proven: ReadonlySet<number>): void {
    const line = new LineCursor(usageColumnsOf(this.event).evidence);
    while (line.next()) {
      const terms = this.by.terms[line.use];
      if (terms !== undefined && !proven.has(line.use)) this.rate(line, terms);
    }
    for (const [use, deltaUnits] of this.exact)
      if (this.samples.take(use)?.deltaUnits !== deltaUnits)
        this.report({ check: 'rating', detail: `the exact quantities of use ${use} are not the sum of its lines` });
    if (this.samples.left > 0)
      this.report({ check: 'rating', detail: `${this.samples.left} samples belong to no evidence line` });
  }

  private rate(line: LineCursor, terms: UseTerms): void {
    const { use, book } = terms;
    const { usageTimeMs } = line;
    if (usageTimeMs < terms.fromMs || usageTimeMs >= terms.untilMs) this.complain(line, 'another price version is due');
    if (usageTimeMs < use.cycle.startMs || usageTimeMs >= use.cycle.endMs) this.complain(line, 'another cycle is due');
    if (this.by.cycles.planAt(usageTimeMs) !== use.plan) this.complain(line, 'another plan was in force');
    const fault = quantityFault(terms, line, this);
    if (fault !== undefined) this.complain(line, fault);
    const price = this.priceOf(line, terms);
    const delta = line.deltaUnits;
    if (price === null || (delta < 0n && book.units + delta < 0n)) {
      book.addUnpriced(delta);
      return;
    }
    const asked = book.add(delta, price, terms.denominator);
    const { creditsNanos, cutNanos } = line;
    const charged = cutNanos === undefined ? creditsNanos : creditsNanos - cutNanos;
    if (charged !== asked)
      this.complain(line, 'the credits are not C(Q + q) − C(Q)', {
        field: 'creditsNanos',
        stored: String(charged),
        recomputed: String(asked),
      });
    if (asked < 0n || (cutNanos ?? 0n) !== 0n) this.checkReturned(line, terms);
    if (use.isReversible) book.drawnNanos += creditsNanos;
  }

  private priceOf(line: LineCursor, terms: UseTerms): Price | null {
    const known = (this.prices[line.use] ??= []);
    const { dimensions, usageTimeMs } = line;
    const at = { dimensions, dimensionsOf: this.dimensionsOf, usageTimeMs, catalog: this.by.catalog };
    let price = known[dimensions];
    if (price === undefined) price = known[dimensions] = priceFor(terms, { ...at, report: this.report });
    return price;
  }

  /** A negative charge goes back to what its rate had drawn, and no further. */
  private checkReturned(line: LineCursor, { use, book }: UseTerms): void {
    const { creditsNanos, cutNanos = 0n } = line;
    if (creditsNanos > 0n || cutNanos < 0n) this.complain(line, 'a negative charge gives back, or is cut');
    if (!use.isReversible || book.isTakenBack) return;
    const left = book.drawnNanos + creditsNanos;
    if (left < 0n) this.complain(line, 'more goes back than was drawn');
    if (cutNanos > 0n && left > 0n) this.complain(line, 'a negative charge is cut while draws are left');
  }

  readonly dimensionsOf = (index: number): DimensionLookup => ({
    get: (dimension) => this.event.dimensions[index]?.find(([name]) => name === dimension)?.[1],
  });

  private complain(
    line: LineCursor,
    detail: string,
    values?: { readonly field: string; readonly stored: string; readonly recomputed: string },
  ): void {
    this.report({ check: 'rating', detail: `${line.source} ${line.id}: ${detail}`, ...values });
  }
}
