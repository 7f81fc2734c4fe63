import { compareEvents } from './backfill-event.js';
import type { BackfillEvent } from './backfill-event.js';
import { LIMITS } from './limits.js';
import { SortedRuns } from './sorted-runs.js';

export interface EventSorterOptions {
  readonly eventsMax?: number;
  readonly charsMax?: number;
  /** Called once, when memory does not do. */
  readonly onSpill: (directory: string) => void;
}

/**
 * Puts rows of any order into the order of time: in memory up to a bound, beyond it by sorted runs on disk that are
 * merged while they are sent.
 */
export class EventSorter {
  #events: BackfillEvent[] = [];
  #chars = 0;
  #isInOrder = true;
  #runs: SortedRuns | undefined;
  #count = 0;

  constructor(private readonly options: EventSorterOptions) {}

  get count(): number {
    return this.#count;
  }

  /** Answers a promise only where a full run has to be written first. */
  add(event: BackfillEvent): Promise<void> | undefined {
    const last = this.#events.at(-1);
    if (last !== undefined && last.timeMs > event.timeMs) this.#isInOrder = false;
    this.#events.push(event);
    this.#chars += event.json.length;
    this.#count += 1;
    const { eventsMax = LIMITS.sortedEventsMax, charsMax = LIMITS.sortedCharsMax } = this.options;
    return this.#events.length >= eventsMax || this.#chars >= charsMax ? this.#spill() : undefined;
  }

  /** Every event in the order of time; to be read once. */
  async *inOrder(): AsyncIterable<readonly BackfillEvent[]> {
    if (this.#runs === undefined) {
      yield this.#take();
      return;
    }
    if (this.#events.length > 0) await this.#spill();
    yield* this.#runs.merge();
  }

  /** Removes what was written to disk. */
  async close(): Promise<void> {
    await this.#runs?.remove();
  }

  #take(): readonly BackfillEvent[] {
    const events = this.#isInOrder ? this.#events : this.#events.toSorted(compareEvents);
    this.#events = [];
    this.#chars = 0;
    this.#isInOrder = true;
    return events;
  }

  async #spill(): Promise<void> {
    if (this.#runs === undefined) {
      this.#runs = await SortedRuns.create();
      this.options.onSpill(this.#runs.directory);
    }
    await this.#runs.write(this.#take());
  }
}
