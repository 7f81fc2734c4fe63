/** Waits, but no longer than until the signal is aborted. */
export function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, durationMs);
    signal.addEventListener('abort', finish, { once: true });
  });
}

const BACK_OFF_FIRST_MS = 100;
const BACK_OFF_MAX_MS = 1_000;

/** Doubles from 100 ms to a ceiling of one second: recovery after an outage is never further away than that. */
export class BackOff {
  private nextMs = BACK_OFF_FIRST_MS;

  async wait(signal: AbortSignal): Promise<void> {
    const durationMs = this.nextMs;
    this.nextMs = Math.min(durationMs * 2, BACK_OFF_MAX_MS);
    await pause(durationMs, signal);
  }

  reset(): void {
    this.nextMs = BACK_OFF_FIRST_MS;
  }
}
