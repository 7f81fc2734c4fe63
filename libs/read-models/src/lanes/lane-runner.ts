import type { EventStore, GlobalPosition } from '@app/event-store';
import { withTransaction, type Lease } from '@app/postgres';
import { setTimeout as sleep } from 'node:timers/promises';
import { HistoryDiffers, StaleProjector } from '../errors.js';
import { anchorOf, type Anchor, type Checkpoint, type Generation } from '../generations/generation.js';
import type { Generations } from '../generations/generations.js';
import { READ_MODEL_LIMITS, type Linger, type WindowLimits } from '../limits.js';
import { StoreSource, type EventSource, type ReadEvent } from './event-source.js';
import { FoldFailed } from './frozen-accounts.js';
import type { Projection } from './projection.js';

export interface LaneRunnerOptions<Window> {
  readonly generations: Generations;
  readonly store: EventStore;
  readonly projection: Projection<Window>;
  readonly generation: Generation;
  /** Asserted in every transaction; null where nobody else can know the generation. */
  readonly lease: Lease | null;
  readonly limits?: Partial<WindowLimits>;
  /** Reads `store` for several lanes; without it this one reads for itself. */
  readonly source?: EventSource;
  /** Windows at the end of the store wait for more; without it they are written at once. */
  readonly linger?: Linger;
  /** Called in the transaction, before it commits: where tests let it fail. */
  readonly beforeCommit?: () => Promise<void>;
}

/** What one call of `runWindow` did. */
export interface WindowRun {
  readonly events: number;
  /** Nothing lay behind what was read. */
  readonly isEnd: boolean;
}

/**
 * Moves one generation of one lane along the store: reads pages into a window, writes rows and checkpoint in one
 * transaction, and reads the next window while that one commits. At the end of the store a window lingers when the last
 * one was written a moment ago, for as long as more comes.
 *
 *   read ─▶ fold ─▶ (full, or end of store) ─▶ wait for the commit before ─▶ commit ─▶ read …
 */
export class LaneRunner<Window> {
  #generation: Generation;
  /** How far was folded; ahead of the stored checkpoint by the commit under way. */
  #read: Checkpoint;
  #commit: Promise<void> = Promise.resolve();
  #pageEvents: number;
  /** Monotonic: until then a window at the end of the store stays open. */
  #lingersUntilMs = Number.NEGATIVE_INFINITY;
  readonly #source: EventSource;
  readonly #pageEventsMax: number;
  readonly #windowBytesMax: number;

  constructor(private readonly options: LaneRunnerOptions<Window>) {
    this.#generation = options.generation;
    this.#source = options.source ?? new StoreSource(options.store);
    this.#source.forget();
    this.#read = options.generation.checkpoint;
    this.#windowBytesMax = options.limits?.windowBytesMax ?? READ_MODEL_LIMITS.windowBytesMax;
    this.#pageEventsMax = options.limits?.pageEventsMax ?? READ_MODEL_LIMITS.pageEventsMax;
    this.#pageEvents = Math.min(this.#pageEventsMax, READ_MODEL_LIMITS.pageEventsMax / 4);
  }

  /** The stored checkpoint. */
  get checkpoint(): Checkpoint {
    return this.#generation.checkpoint;
  }

  /** @throws {HistoryDiffers} when the store does not hold the checkpoint's event at its place */
  async verifyAnchor(): Promise<void> {
    const { anchor } = this.#generation.checkpoint;
    if (anchor !== null) await verifyAnchor(this.options.store, anchor);
  }

  /** Projects what the store holds up to `until` (inclusive), or to its end. */
  async runToEnd(until?: GlobalPosition): Promise<void> {
    for (;;) {
      const { isEnd } = await this.runWindow(until);
      if (isEnd) return;
    }
  }

  /**
   * Projects one window. At the end of the store it returns when the window is committed, else while it commits.
   * @throws {StaleProjector | LeaseLost | HistoryDiffers | EventStoreUnavailable} and forgets what is not stored
   */
  async runWindow(until?: GlobalPosition): Promise<WindowRun> {
    try {
      const run = await this.#fillWindow(until);
      await this.#commit;
      if (run.position.commit !== this.#generation.checkpoint.position.commit || run.events > 0) this.#startCommit(run);
      if (run.isEnd) await this.#commit;
      return run;
    } catch (error) {
      await this.#restart();
      if (error instanceof FoldFailed) return { events: 0, isEnd: false };
      throw error;
    }
  }

  /** Waits for the commit under way. */
  async settle(): Promise<void> {
    await this.#commit;
  }

  async #fillWindow(until: GlobalPosition | undefined): Promise<WindowRun & Checkpoint> {
    const { projection, generations } = this.options;
    const tables = { pool: generations.pool, schema: this.#generation.schema };
    let events = 0;
    let bytes = 0;
    for (;;) {
      const after = this.#read.position;
      const page = await this.#source.read({
        after,
        maxCount: this.#pageEvents,
        streamPrefixes: projection.streamPrefixes,
      });
      const wanted =
        until === undefined ? page.events : page.events.filter(({ stored }) => stored.position.commit <= until.commit);
      await projection.fold(wanted, tables);
      const size = sizeOf(page.events);
      this.#adaptPage(page.events.length, size);
      events += wanted.length;
      bytes += size;
      const last = wanted.at(-1);
      const isPast = until !== undefined && page.position.commit >= until.commit;
      this.#read = {
        position: isPast ? until : page.position,
        anchor: last === undefined ? this.#read.anchor : anchorOf(last.stored),
      };
      const isEnd = page.isEnd || isPast;
      const isFull = projection.isFull || bytes >= this.#windowBytesMax;
      if (isFull || (isEnd && !(await this.#lingered(wanted.length)))) return { events, isEnd, ...this.#read };
    }
  }

  /** Whether the window waited for more, which may have come; it does not where nothing came the last time. */
  async #lingered(lately: number): Promise<boolean> {
    const leftMs = this.#lingersUntilMs - performance.now();
    if (lately === 0 || leftMs <= 0) return false;
    await sleep(Math.min(leftMs, READ_MODEL_LIMITS.lingerReadMs));
    return true;
  }

  /** Events differ in size by four orders of magnitude: pages follow what was seen. */
  #adaptPage(count: number, bytes: number): void {
    if (count === 0) return;
    const fitting = Math.floor(READ_MODEL_LIMITS.pageBytesTarget / Math.max(1, bytes / count));
    const grown = Math.min(fitting, this.#pageEvents * 2, this.#pageEventsMax);
    this.#pageEvents = Math.max(grown, Math.min(READ_MODEL_LIMITS.pageEventsMin, this.#pageEventsMax));
  }

  #startCommit(to: Checkpoint): void {
    const window = this.options.projection.takeWindow();
    this.#commit = this.#write(window, { position: to.position, anchor: to.anchor });
    // The next call awaits it; until then nobody does.
    this.#commit.catch(() => undefined);
  }

  async #write(window: Window, to: Checkpoint): Promise<void> {
    const { generations, projection, lease, linger, beforeCommit } = this.options;
    const from = this.#generation;
    const startedMs = performance.now();
    await withTransaction(generations.pool, async (client) => {
      await lease?.assertHeld(client);
      // First, so that of two projectors one waits here and finds out before it has written anything.
      await generations.advance(client, from, to);
      await projection.write(window, client, from.schema);
      await beforeCommit?.();
    });
    this.#generation = { ...from, checkpoint: to };
    projection.written(window);
    const tookMs = performance.now() - startedMs;
    if (linger !== undefined) this.#lingersUntilMs = startedMs + Math.min(linger.maxMs, linger.factor * tookMs);
  }

  /** After a failure the tables say where to go on: a commit may have happened or not. */
  async #restart(): Promise<void> {
    await this.#commit.catch(() => undefined);
    this.#commit = Promise.resolve();
    this.options.projection.forget();
    this.#source.forget();
    const { lane, generation } = this.#generation;
    const stored = await this.options.generations.read(lane, generation);
    if (stored === undefined || stored.state === 'retired')
      throw new StaleProjector(`generation ${generation} of ${lane} is retired`);
    this.#generation = stored;
    this.#read = stored.checkpoint;
  }
}

const sizeOf = (events: readonly ReadEvent[]): number =>
  events.reduce((sum, { stored }) => sum + stored.data.length, 0);

/** @throws {HistoryDiffers} when the store does not hold this event at this place */
async function verifyAnchor(store: EventStore, anchor: Anchor): Promise<void> {
  const [event] = await store.readStream(anchor.stream, { from: anchor.revision, maxCount: 1 });
  const isSame =
    event !== undefined &&
    event.revision === anchor.revision &&
    event.id === anchor.id &&
    event.position.commit === anchor.commit;
  if (!isSame)
    throw new HistoryDiffers(
      `the store does not hold event ${anchor.revision} of ${anchor.stream} as it was projected`,
    );
}
