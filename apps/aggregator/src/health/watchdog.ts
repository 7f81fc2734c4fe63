import type { Log } from '../log.js';

interface WatchdogOptions {
  /** What is said when it turns red. */
  readonly message: string;
  /** Since when (monotonic milliseconds) it has lasted; undefined when all is well. */
  readonly stalledSince: () => number | undefined;
  readonly redMs: number;
  readonly everyMs: number;
  /** After so long, once; without it, red is all that happens. */
  readonly exit?: { readonly afterMs: number; readonly onStalled: () => void };
  readonly log: Log;
}

/** Watches what must not last: red first, then out, never silence (I11). */
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
    const { log, message, exit } = this.options;
    const stalledMs = Math.round(this.#stalledMs());
    if (this.isRed && !this.#wasRed) log.error({ stalledMs }, message);
    this.#wasRed = this.isRed;
    if (exit === undefined || stalledMs < exit.afterMs) return;
    this.stop();
    exit.onStalled();
  }

  #stalledMs(): number {
    const since = this.options.stalledSince();
    return since === undefined ? 0 : performance.now() - since;
  }
}
