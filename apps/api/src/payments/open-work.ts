import type { GlobalPosition } from '@app/event-store';
import { LIMITS } from '../limits.js';

interface Open {
  /** Everything before lies behind: following again from here finds the work again. */
  readonly since: GlobalPosition;
  dueMs: number;
  tries: number;
}

/** Accounts that may have something to pay. Times are monotonic milliseconds. */
export class OpenWork {
  readonly #open = new Map<string, Open>();

  /** Where following has to begin again, so that nothing open is lost; undefined when nothing is open. */
  get oldest(): GlobalPosition | undefined {
    // Insertion order is stream order: what is seen again keeps its place.
    const [first] = this.#open.values();
    return first?.since;
  }

  /** Something happened in the account: it is due now, also when it was postponed. */
  add(organisation: string, since: GlobalPosition): void {
    const known = this.#open.get(organisation);
    if (known === undefined) this.#open.set(organisation, { since, dueMs: 0, tries: 0 });
    else known.dueMs = 0;
  }

  /** Up to `max` accounts that are due. */
  due(nowMs: number, max: number): string[] {
    const due: string[] = [];
    for (const [organisation, { dueMs }] of this.#open) {
      if (dueMs <= nowMs) due.push(organisation);
      if (due.length === max) break;
    }
    return due;
  }

  done(organisation: string): void {
    this.#open.delete(organisation);
  }

  /** To be looked at again after a pause that doubles, up to a limit. */
  postpone(organisation: string, nowMs: number): void {
    const open = this.#open.get(organisation);
    if (open === undefined) return;
    open.tries += 1;
    open.dueMs = nowMs + Math.min(LIMITS.paymentRetryMaxMs, LIMITS.paymentRetryBaseMs * 2 ** Math.min(open.tries, 20));
  }
}
