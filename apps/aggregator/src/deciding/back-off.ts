import { Stopping } from './process-abandoned.js';

/** @throws {Stopping} when the signal is or becomes aborted */
export function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(new Stopping('The aggregator is stopping'));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, durationMs);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

/** Pauses that double up to a ceiling: an outage is no hot loop, and recovery is never far away. */
export class BackOff {
  #nextMs: number;

  constructor(
    private readonly limits: { readonly retryBaseMs: number; readonly retryMaxMs: number },
    private readonly signal: AbortSignal,
  ) {
    this.#nextMs = limits.retryBaseMs;
  }

  /** @throws {Stopping} */
  async wait(): Promise<void> {
    const durationMs = this.#nextMs;
    this.#nextMs = Math.min(2 * durationMs, this.limits.retryMaxMs);
    await pause(durationMs, this.signal);
  }

  reset(): void {
    this.#nextMs = this.limits.retryBaseMs;
  }
}
