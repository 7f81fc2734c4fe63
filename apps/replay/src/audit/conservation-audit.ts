import { entriesOf, type AccountEvent, type LedgerEntry, type UsageCharged, type Wallet } from '@app/metering';
import type { CycleBook } from './cycle-book.js';
import type { Report } from './finding.js';
import { PoolBook } from './pool-book.js';

/**
 * I1, movement by movement and after every event, beside what the fold makes of the same events; and that the figures
 * of a closed cycle never change.
 */
export class ConservationAudit {
  private readonly books = new Map<string, PoolBook>();
  /** Net of each pool and cycle that is not closed, and the closing of the last closed one. */
  private readonly netByCycle = new Map<string, bigint>();
  private readonly closings = new Map<string, bigint>();

  constructor(private readonly cycles: CycleBook) {}

  get poolCount(): number {
    return this.books.size;
  }

  /** `wallet` is the fold's, after the event. */
  take(event: AccountEvent, wallet: Wallet, report: Report): void {
    const touched = new Set<string>();
    const entries = entriesOf(event);
    const moved =
      event.type === 'UsageCharged' ? this.takeUsage(event, entries, report) : this.takeEntries(event, report);
    for (const entry of entries) {
      touched.add(entry.pool);
      this.bookOf(entry.pool).ledgerNanos += entry.amountNanos;
      this.addToCycle(event, entry, report);
    }
    for (const pool of moved) touched.add(pool);
    if (event.type === 'GrantVoided') for (const book of this.books.values()) book.void(event.grant, report);
    if (event.type === 'CycleClosed') this.close(event, report);
    for (const key of touched) this.check(key, wallet, report);
  }

  /** At the stream's end: every grant of the fold holds what the book says, and no other counts. */
  finish(wallet: Wallet, report: Report): void {
    for (const [key, book] of this.books) {
      const grants = wallet.pools.get(key)?.grants ?? [];
      for (const grant of grants)
        this.compare(key, `grant ${grant.id}`, [grant.remainingNanos, book.remainders.get(grant.id)], report);
      if (grants.length !== book.remainders.size)
        this.compare(key, 'number of grants', [BigInt(grants.length), BigInt(book.remainders.size)], report);
    }
  }

  private bookOf(pool: string): PoolBook {
    let book = this.books.get(pool);
    if (book === undefined) this.books.set(pool, (book = new PoolBook(pool)));
    return book;
  }

  private takeUsage(event: UsageCharged, entries: readonly LedgerEntry[], report: Report): Set<string> {
    const moved = new Map<string, bigint>();
    const terms = new Map(event.refundGrants.map((grant) => [grant.id, grant]));
    for (const run of event.draws) {
      const pool = event.uses[run.use]?.pool ?? '';
      const effect = this.bookOf(pool).draw(run, terms.get(run.grant ?? ''), report);
      moved.set(pool, (moved.get(pool) ?? 0n) + effect);
    }
    for (const { pool, grant, debt, amountNanos } of event.payments)
      this.bookOf(pool).move({ kind: 'pay', grant, debt, amountNanos }, report);
    const listed = new Map<string, bigint>();
    for (const { pool, amountNanos } of entries) listed.set(pool, (listed.get(pool) ?? 0n) + amountNanos);
    for (const [pool, effect] of moved)
      this.compare(pool, 'ledger entries of usage', [listed.get(pool) ?? 0n, effect], report);
    return new Set(moved.keys());
  }

  private takeEntries(event: Exclude<AccountEvent, UsageCharged>, report: Report): Set<string> {
    const moved = new Set<string>();
    for (const entry of event.entries) {
      const book = this.bookOf(entry.pool);
      const effect = entry.movements.reduce((sum, movement) => sum + book.move(movement, report), 0n);
      this.compare(entry.pool, `amount of the ${entry.type} entry`, [entry.amountNanos, effect], report);
      moved.add(entry.pool);
    }
    return moved;
  }

  private check(key: string, wallet: Wallet, report: Report): void {
    const book = this.bookOf(key);
    book.check(report);
    const pool = wallet.pools.get(key);
    this.compare(key, 'balance of the fold', [pool?.balanceNanos, book.ledgerNanos], report);
    this.compare(key, 'overdraft of the fold', [pool?.overdraftNanos, book.overdraftNanos], report);
  }

  /** Adjusted usage counts in the cycle of its ledger time; everything else in the cycle that its entry names. */
  private addToCycle(event: AccountEvent, entry: LedgerEntry, report: Report): void {
    const isAdjusted = event.type === 'UsageCharged' && entry.cause === 'adjusted';
    const startMs = isAdjusted ? (this.cycles.current?.startMs ?? entry.cycleStartMs) : entry.cycleStartMs;
    if (this.cycles.find(startMs)?.state === 'closed' && entry.amountNanos !== 0n)
      report({ check: 'conservation', detail: `pool ${entry.pool}: a ${entry.type} entry changes a closed cycle` });
    const key = `${startMs}/${entry.pool}`;
    this.netByCycle.set(key, (this.netByCycle.get(key) ?? 0n) + entry.amountNanos);
  }

  private close(event: Extract<AccountEvent, { type: 'CycleClosed' }>, report: Report): void {
    for (const { pool, closingNanos } of event.pools) {
      const key = `${event.cycle.startMs}/${pool}`;
      const closing = (this.closings.get(pool) ?? 0n) + (this.netByCycle.get(key) ?? 0n);
      this.compare(pool, 'closing of the cycle', [closingNanos, closing], report);
      this.netByCycle.delete(key);
      this.closings.set(pool, closing);
    }
  }

  private compare(
    pool: string,
    what: string,
    [stored, recomputed]: readonly [bigint | undefined, bigint | undefined],
    report: Report,
  ): void {
    if (stored === recomputed) return;
    const detail = `pool ${pool}: the ${what} is not what its movements say`;
    report({
      check: 'conservation',
      detail,
      key: pool,
      field: what,
      stored: stored === undefined ? 'nothing' : String(stored),
      recomputed: recomputed === undefined ? 'nothing' : String(recomputed),
    });
  }
}
