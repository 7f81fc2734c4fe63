import { isDiskFull } from '@app/postgres';
import { LIMITS } from '../limits.js';

/**
 * Hears of every error that a part gets from the database. While the volume is full nothing is written and everything
 * is tried again, so it heals by itself; one that stays full ends the process, which serves nobody's usage (I11).
 */
export class DiskWatch {
  #sinceMs = Number.NEGATIVE_INFINITY;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly onStaysFull: (error: Error) => void,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  get isFull(): boolean {
    return this.nowMs() - this.#lastMs < LIMITS.diskHealedMs;
  }

  /** Tries come every second or so while work waits: a pause without a complaint means that it has healed. */
  readonly note = (error: unknown): void => {
    if (!(error instanceof Error) || !isDiskFull(error)) return;
    const nowMs = this.nowMs();
    if (!this.isFull) this.#sinceMs = nowMs;
    this.#lastMs = nowMs;
    if (nowMs - this.#sinceMs >= LIMITS.diskFullMs) this.onStaysFull(error);
  };
}
