import { LIMITS } from './limits.js';

/**
 * The wish to end, from a terminal, a service manager or npm. The first signal asks for a clean end, a second one ends
 * at once. npm and the terminal both pass the same Ctrl-C on, so signals close together are one wish.
 */
export class Ending {
  readonly wished: Promise<NodeJS.Signals>;
  #signal: NodeJS.Signals | undefined;
  #wish: (signal: NodeJS.Signals) => void = () => undefined;
  #wishedAtMs = 0;

  constructor() {
    this.wished = new Promise((resolve) => (this.#wish = resolve));
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => this.#take(signal));
  }

  get isWished(): boolean {
    return this.#signal !== undefined;
  }

  #take(signal: NodeJS.Signals): void {
    const nowMs = performance.now();
    if (this.#signal !== undefined) {
      if (nowMs - this.#wishedAtMs > LIMITS.sameSignalMs) process.exit(1);
      return;
    }
    this.#signal = signal;
    this.#wishedAtMs = nowMs;
    endWhateverHangs();
    this.#wish(signal);
  }
}

/** What hangs is left to the kernel, and Postgres to its keeper. */
export function endWhateverHangs(): void {
  setTimeout(() => process.exit(1), LIMITS.processStopMs).unref();
}
