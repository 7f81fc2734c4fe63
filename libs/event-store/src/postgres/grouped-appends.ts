import { EventStoreUnavailable, LIMITS, type AppendOutcome, type StreamAppend } from '../event-store.js';

interface Call {
  readonly appends: readonly StreamAppend[];
  readonly resolve: (outcomes: readonly AppendOutcome[]) => void;
  readonly reject: (error: unknown) => void;
}

/** One statement for streams of which none stands twice; its outcomes in their order. */
type Write = (appends: readonly StreamAppend[]) => Promise<readonly AppendOutcome[]>;

/**
 * Appends what the calls of a process want in one statement and one commit, each time the last one is over: the head's
 * lock makes them take turns anyway, and streams do not depend on each other. Calls that name one stream keep their order.
 */
export class GroupedAppends {
  #waiting: Call[] = [];
  #isWriting = false;

  constructor(private readonly write: Write) {}

  append(appends: readonly StreamAppend[]): Promise<readonly AppendOutcome[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ appends, resolve, reject });
      if (!this.#isWriting) void this.#writeAll();
    });
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    // The calls of one turn of the event loop belong together.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#writeGroup(this.#takeGroup());
    this.#isWriting = false;
  }

  #takeGroup(): readonly Call[] {
    const streams = new Set<string>();
    let count = 0;
    for (const { appends } of this.#waiting) {
      const isFull = streams.size + appends.length > LIMITS.appendStreamsMax;
      if (count > 0 && (isFull || appends.some(({ stream }) => streams.has(stream)))) break;
      for (const { stream } of appends) streams.add(stream);
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  async #writeGroup(calls: readonly Call[]): Promise<void> {
    try {
      const outcomes = await this.write(calls.flatMap(({ appends }) => appends));
      let start = 0;
      for (const { appends, resolve } of calls) resolve(outcomes.slice(start, (start += appends.length)));
    } catch (error) {
      // A statement that the server refused has changed nothing; whoever is to blame for it fails alone.
      if (calls.length > 1 && !(error instanceof EventStoreUnavailable)) {
        for (const call of calls) await this.#writeGroup([call]);
        return;
      }
      for (const { reject } of calls) reject(error);
    }
  }
}
