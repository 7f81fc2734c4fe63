import type { IdentityHash } from '@app/metering';
import { contentHex } from './identity-hasher.js';
import { CONFLICT_AFTER_MS, CONFLICT_BEFORE_MS, DAY_MS, dayOf, isInWindow, windowDays, type DayRange } from './day.js';
import { DayRanges } from './day-ranges.js';
import { IdentityTable } from './identity-table.js';

/** What is known of an event's identity: never charged, charged with this content, or charged with another one. */
export type IdentityVerdict = 'new' | 'duplicate' | { readonly conflictWith: string };

/**
 * The charged identities of one account, of the days that are loaded. A cache of the stream's evidence that cannot
 * lie: it refuses to answer for a day that is not loaded. What a decision adds is pending until its append succeeded.
 */
export class IdentityIndex {
  #table = new IdentityTable();
  readonly #loaded = new DayRanges();
  /** Entries from here on belong to the decision under way. */
  #committed = 0;

  /** Charged identities held, pending ones included. */
  get size(): number {
    return this.#table.size;
  }

  get bytes(): number {
    return this.#table.bytes;
  }

  get hasPending(): boolean {
    return this.#table.size > this.#committed;
  }

  /** Days of event time whose identities are all here. */
  get loadedDays(): readonly DayRange[] {
    return this.#loaded.ranges;
  }

  get loadedDayCount(): number {
    return this.#loaded.count;
  }

  isLoaded(day: number): boolean {
    return this.#loaded.has(day);
  }

  /** Whether all days are here that the conflict window around this ledger time touches. */
  isWindowLoaded(ledgerTimeMs: number): boolean {
    return this.#loaded.covers(dayOf(ledgerTimeMs - CONFLICT_BEFORE_MS), dayOf(ledgerTimeMs + CONFLICT_AFTER_MS));
  }

  /**
   * Same identity and content in all 128 bits: duplicate. Same identity, other content: conflict when both events lie
   * on one day, or both in the window around ledger time (exact to the millisecond, whatever else is loaded).
   * @throws {DaysNotLoaded} rather than guess
   */
  find(hash: IdentityHash, timeMs: number, ledgerTimeMs: number): IdentityVerdict {
    const day = dayOf(timeMs);
    const isWindowed = isInWindow(timeMs, ledgerTimeMs);
    this.#assertLoaded(day, isWindowed, ledgerTimeMs);
    const table = this.#table;
    let conflict = -1;
    for (let entry = table.first(hash); entry >= 0; entry = table.next(hash)) {
      if (table.hasContent(entry, hash)) return 'duplicate';
      const otherMs = table.timeOf(entry);
      const isConflict = table.dayOf(entry) === day || (isWindowed && isInWindow(otherMs, ledgerTimeMs));
      // The earliest one is named, so that the answer does not depend on the order in which days were loaded.
      if (isConflict && (conflict < 0 || otherMs < table.timeOf(conflict))) conflict = entry;
    }
    return conflict < 0 ? 'new' : { conflictWith: contentHex(table.contentOf(conflict)) };
  }

  /** Adds an identity that the decision under way charges. */
  add(hash: IdentityHash, timeMs: number): void {
    if (!this.#loaded.has(dayOf(timeMs))) throw new DaysNotLoaded(dayOf(timeMs));
    this.#table.push(hash, timeMs);
  }

  /** The decision's append succeeded: what it added is charged. */
  commit(): void {
    this.#committed = this.#table.size;
  }

  /** The decision came to nothing. */
  discard(): void {
    this.#table.truncate(this.#committed);
  }

  /** Adds an identity that the stream says is charged, when its day is loaded; later loading brings it otherwise. */
  include(hash: IdentityHash, timeMs: number): void {
    this.#assertNothingPending();
    if (!this.#loaded.has(dayOf(timeMs))) return;
    this.#table.push(hash, timeMs);
    this.commit();
  }

  /** Adds what the stream says of days that are being loaded: pending until `markLoaded`, gone with `discard`. */
  restore(hash: IdentityHash, timeMs: number): void {
    this.#table.push(hash, timeMs);
  }

  /** All identities of these days are in. */
  markLoaded(ranges: readonly DayRange[]): void {
    this.commit();
    for (const range of ranges) this.#loaded.add(range);
  }

  /** Forgets every day outside the range, to give memory back. Not while a decision is under way. */
  keepOnly(range: DayRange): void {
    this.#assertNothingPending();
    const fromMs = range.from * DAY_MS;
    const endMs = (range.to + 1) * DAY_MS;
    this.#table = this.#table.filtered((timeMs) => timeMs >= fromMs && timeMs < endMs);
    this.#committed = this.#table.size;
    this.#loaded.restrictTo(range);
  }

  /** Forgets everything. */
  clear(): void {
    this.#table = new IdentityTable();
    this.#committed = 0;
    this.#loaded.clear();
  }

  #assertNothingPending(): void {
    if (this.hasPending) throw new Error('Charged identities cannot be changed while a decision is under way');
  }

  #assertLoaded(day: number, isWindowed: boolean, ledgerTimeMs: number): void {
    if (isWindowed ? this.isWindowLoaded(ledgerTimeMs) : this.#loaded.has(day)) return;
    const { from, to } = isWindowed ? windowDays(ledgerTimeMs) : { from: day, to: day };
    throw new DaysNotLoaded(from, to);
  }
}

/** A programmer's error: an identity was asked for before its days were loaded. */
export class DaysNotLoaded extends Error {
  override readonly name = 'DaysNotLoaded';
  constructor(from: number, to = from) {
    super(`Identities of the days ${from} to ${to} are not loaded`);
  }
}
