import type { Log } from '../log.js';

interface WatchdogOptions {
  /** Since when (monotonic milliseconds) waiting work has not moved; undefined when nothing waits. */
  readonly stalledSince: () => number | undefined;
  readonly redMs: number;
  readonly exitMs: number;
  readonly everyMs: number;
  readonly onStalled: () => void;
  readonly log: Log;
}

/** Ends a process in which work waits and nothing moves: red first, then out, never silence (I11). */
export class Watchdog {
  #timer: NodeJS.Timeout | undefined;
  #wasRed = false;

  constructor(private readonly options: WatchdogOptions) {}

  get isRed(): boolean {
    return this.#stalledMs() >= this.options.redMs;
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#look(), this.options.everyMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    const { log, exitMs, onStalled } = this.options;
    const stalledMs = Math.round(this.#stalledMs());
    if (this.isRed && !this.#wasRed) log.error({ stalledMs }, 'Work is waiting and nothing moves');
    this.#wasRed = this.isRed;
    if (stalledMs < exitMs) return;
    this.stop();
    onStalled();
  }

  #stalledMs(): number {
    const since = this.options.stalledSince();
    return since === undefined ? 0 : performance.now() - since;
  }
}
