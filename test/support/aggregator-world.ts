import { setTimeout as sleep } from 'node:timers/promises';
import {
  ACCOUNT_STREAM_PREFIX,
  CatalogStream,
  decodeAccountEvent,
  feedEvents,
  FeedStreams,
  UnparkRequests,
  verifyChain,
  chainStart,
  type FeedEvent,
  type FeedState,
  type Parking,
} from '@app/accounts';
import { MemoryEventStore, MemorySnapshotStore, START, type EventStore, type StoredEvent } from '@app/event-store';
import { applyEvent, initialState, nextDueMs, type AccountEvent, type AccountState } from '@app/metering';
import { MemoryUsageFeed, partitionOf, type PublishRecord } from '@app/usage-feed';
import {
  startAggregator,
  topicsOf,
  type AggregatorConfig,
  type RunningAggregator,
} from '../../apps/aggregator/src/index.js';

export const TOPIC = 'usage.v1';
export const TOPICS = topicsOf(TOPIC);
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
const GRACE_MS = HOUR_MS;

const ignore = (): void => undefined;

/** An account as its stream says, folded by hand from the stored events. */
export interface ReadAccount {
  readonly state: AccountState;
  readonly events: readonly AccountEvent[];
}

/** Store, feed and clock of one test, which outlive the aggregators that are started on them. */
export class AggregatorWorld {
  readonly feed: MemoryUsageFeed;
  readonly snapshots = new MemorySnapshotStore();
  readonly faults: string[] = [];
  readonly running = new Set<RunningAggregator>();
  store: EventStore;

  constructor(
    public nowMs: number,
    store?: EventStore,
  ) {
    this.store = store ?? new MemoryEventStore(() => new Date(this.nowMs));
    this.feed = new MemoryUsageFeed(() => this.nowMs);
  }

  async publishCatalog(document: unknown): Promise<void> {
    const catalogs = new CatalogStream(this.store, () => this.nowMs);
    const current = await catalogs.refresh();
    const options = { expectedVersion: current?.version ?? 0, nowMs: this.nowMs, actor: null, fileHash: null };
    const outcome = await catalogs.publish(document, options);
    if (outcome.kind !== 'published') throw new Error(`The catalog was not published: ${JSON.stringify(outcome)}`);
  }

  async createTopics(partitions = 1): Promise<void> {
    await this.feed.ensureTopics([
      { topic: TOPICS.live, timestamps: 'append', partitions },
      { topic: TOPICS.backfill, timestamps: 'create', partitions },
      { topic: TOPICS.requeue, timestamps: 'append', partitions: 1 },
    ]);
  }

  async start(given: Partial<AggregatorConfig> = {}): Promise<RunningAggregator> {
    const aggregator = await startAggregator(this.config(given));
    this.running.add(aggregator);
    return aggregator;
  }

  config(given: Partial<AggregatorConfig>): AggregatorConfig {
    return {
      store: this.store,
      snapshots: this.snapshots,
      feed: this.feed,
      topic: TOPIC,
      nowMs: () => this.nowMs,
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      onFatal: ({ code }) => this.faults.push(code),
      dueAccounts: async ({ markMs, partitions, partition }) => {
        const due: { organisation: string; dueMs: number }[] = [];
        for (const organisation of await this.organisations()) {
          if (partitionOf(Buffer.from(organisation), partitions) !== partition) continue;
          const dueMs = nextDueMs((await this.account(organisation)).state.wallet, GRACE_MS);
          if (dueMs !== null && dueMs <= markMs) due.push({ organisation, dueMs });
        }
        return due;
      },
      ...given,
      settings: {
        idleMs: 10,
        positionEveryMs: 0,
        markEveryMs: 0,
        scheduleEveryMs: DAY_MS,
        retryBaseMs: 1,
        retryMaxMs: 20,
        stopGraceMs: 1_000,
        ...given.settings,
      },
    };
  }

  publish(records: readonly PublishRecord[], topic: string = TOPICS.live): Promise<unknown> {
    return this.feed.publish(topic, records);
  }

  /** Waits until every record is decided and every position written. */
  async drained(): Promise<void> {
    await this.until('all positions at the end of the feed', async () => {
      for (const { topic, partition, end } of await this.feed.ends(Object.values(TOPICS))) {
        const { position } = await this.feedState(topic, partition);
        if (end > 0n && position?.nextOffset !== end) return false;
      }
      return true;
    });
  }

  async until(what: string, isSo: () => Promise<boolean> | boolean): Promise<void> {
    const giveUpAt = performance.now() + 60_000;
    while (!(await isSo())) {
      if (performance.now() > giveUpAt) throw new Error(`Waited in vain for ${what}; faults: ${this.faults.join()}`);
      await sleep(3);
    }
  }

  async feedState(topic: string, partition = 0): Promise<FeedState> {
    const generation = await this.#streams().generationOf(topic);
    return this.#streams().read({ topic, generation, partition });
  }

  /** Asks for an account as the API does for an operator: every parking of it that is in force. */
  async askToUnpark(organisation: string): Promise<void> {
    const parkings: Parking[] = [];
    for (const { topic, partition } of await this.feed.ends(Object.values(TOPICS))) {
      const parked = (await this.feedState(topic, partition)).parked.get(organisation);
      const generation = await this.#streams().generationOf(topic);
      if (parked !== undefined) parkings.push({ topic, generation, partition, fromOffset: parked.fromOffset });
    }
    const requests = new UnparkRequests({ store: this.store, streams: this.#streams(), topic: TOPIC });
    await requests.ask({ organisation, parkings, actor: null, atMs: this.nowMs });
  }

  #streams(): FeedStreams {
    return new FeedStreams({ store: this.store, snapshots: this.snapshots, process: 'test', onWarning: ignore });
  }

  async feedEventsOf(topic: string, partition = 0): Promise<readonly FeedEvent[]> {
    const stored = await this.#readAll(`feed-${topic}-0-${partition}`);
    return stored.map((event) => feedEvents.decode(event).event);
  }

  async organisations(): Promise<readonly string[]> {
    const found = new Set<string>();
    for (let after = START; ;) {
      const page = await this.store.readAll({ after, maxCount: 1_000, streamPrefixes: [ACCOUNT_STREAM_PREFIX] });
      for (const { stream } of page.events) found.add(stream.slice(ACCOUNT_STREAM_PREFIX.length));
      if (page.isEnd) return [...found];
      after = page.position;
    }
  }

  /** Folds an account from its stream and verifies revisions and the hash chain on the way (I5). */
  async account(organisation: string): Promise<ReadAccount> {
    const stream = `${ACCOUNT_STREAM_PREFIX}${organisation}`;
    const state = initialState(organisation);
    const events: AccountEvent[] = [];
    let hash = chainStart(stream);
    for (const stored of await this.#readAll(stream)) {
      const verdict = verifyChain(hash, stored);
      if (!verdict.isIntact || stored.revision !== BigInt(events.length)) throw new Error(`${stream} does not verify`);
      ({ hash } = verdict);
      const { event } = decodeAccountEvent(stored);
      applyEvent(state, event, stored.revision);
      events.push(event);
    }
    return { state, events };
  }

  async stop(): Promise<void> {
    await Promise.all([...this.running].map((aggregator) => aggregator.stop()));
    this.running.clear();
  }

  /** Ends aggregators that never came to run, too. */
  async end(): Promise<void> {
    await this.stop();
    await this.feed.close();
  }

  async #readAll(stream: string): Promise<readonly StoredEvent[]> {
    const all: StoredEvent[] = [];
    for (;;) {
      const page = await this.store.readStream(stream, { from: BigInt(all.length), maxCount: 1_000 });
      all.push(...page);
      if (page.length < 1_000) return all;
    }
  }
}
