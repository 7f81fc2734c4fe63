/** Lines of one message in one window; an outage that concerns everybody is understood long before. */
const LINES_MAX = 100;
const WINDOW_MS = 10_000;
/** Different messages of one window that are counted apart; all others share one budget. */
const MESSAGES_MAX = 200;
const OTHERS = '(others)';

/**
 * Bounds a log's volume (I10): of each message a hundred lines in ten seconds, and how many more there would have been.
 * `nowMs` is of a clock that never goes back.
 */
export class LineBudget {
  readonly #counts = new Map<string, number>();
  #startedMs: number;

  constructor(private readonly nowMs: () => number) {
    this.#startedMs = nowMs();
  }

  /** Whether there is room for another line of this message. */
  take(message: string): boolean {
    const key = this.#counts.has(message) || this.#counts.size < MESSAGES_MAX ? message : OTHERS;
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    return count <= LINES_MAX;
  }

  /** Begins a new window when the last one is over: the messages of that one that had no room, with their number. */
  turn(): ReadonlyMap<string, number> {
    const nowMs = this.nowMs();
    if (nowMs - this.#startedMs < WINDOW_MS) return NOTHING;
    this.#startedMs = nowMs;
    const leftOut = new Map<string, number>();
    for (const [message, count] of this.#counts) if (count > LINES_MAX) leftOut.set(message, count - LINES_MAX);
    this.#counts.clear();
    return leftOut;
  }
}

const NOTHING: ReadonlyMap<string, number> = new Map();
