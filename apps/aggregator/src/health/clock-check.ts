import type { EventStore } from '@app/event-store';
import { describeError, type Log } from '../log.js';

interface ClockCheckOptions {
  readonly store: EventStore;
  readonly nowMs: () => number;
  readonly skewMaxMs: number;
  readonly log: Log;
}

/** Compares our clock with the event store's: a process that is too far off stops deciding, and says so (I11). */
export class ClockCheck {
  #skewMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: ClockCheckOptions) {}

  /** How far our clock is ahead of the store's, as last seen. */
  get skewMs(): number {
    return this.#skewMs;
  }

  get isSkewed(): boolean {
    return Math.abs(this.#skewMs) > this.options.skewMaxMs;
  }

  /** A store that does not answer says nothing about clocks: what was known stays. */
  async look(): Promise<void> {
    const { store, nowMs, log } = this.options;
    const wasSkewed = this.isSkewed;
    try {
      const askedAtMs = nowMs();
      const storeMs = (await store.now()).getTime();
      // Half of the way there and back.
      this.#skewMs = Math.round((askedAtMs + nowMs()) / 2) - storeMs;
    } catch (error) {
      log.warn(describeError(error), 'The clock of the event store cannot be read');
      return;
    }
    if (this.isSkewed && !wasSkewed)
      log.error({ skewMs: this.#skewMs }, "This clock is too far from the event store's: deciding has stopped");
    if (!this.isSkewed && wasSkewed) log.info({ skewMs: this.#skewMs }, 'The clocks agree again: deciding goes on');
  }

  follow(everyMs: number): void {
    this.#timer ??= setInterval(() => void this.look(), everyMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
