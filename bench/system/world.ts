import { setTimeout as sleep } from 'node:timers/promises';
import {
  DEFAULT_TOPIC,
  openUsageFeed,
  usageFeedSettingsFrom,
  type PublishRecord,
  type UsageFeed,
} from '@app/usage-feed';
import { perSecond, timed, WrongTotal } from '../figure.js';
import { ExpectedCredits } from '../load/expected-credits.js';
import { nanosOf } from '../load/nanos.js';
import { usageLoad, type Delivery, type LoadOptions, type UsageLoad } from '../load/usage-load.js';
import { Api } from './api.js';
import { processTreeUs } from './cpu-time.js';
import { SeparateProcesses } from './separate-processes.js';
import type { Service, ServiceOptions } from './service.js';
import { StandaloneProcess } from './standalone-process.js';

/** Of a load that is sent as fast as it goes: more of it at once would not fit into memory. */
const LOAD_EVENTS = 300_000;
/** Of a steady load: small enough to be a stream, large enough for its publisher not to be what is measured. */
const TICK_MS = 20;
const RECORDS_PER_PUBLISH = 1_000;
const PUBLISHES_AT_ONCE = 4;
const INCLUDED_CREDITS = nanosOf('1000');
/** Usage that is younger than an hour at the start of the load; all of it in the current cycle. */
const LOAD_SPAN_MS = 3_600_000;
const HOUR_MS = 3_600_000;

/** Start of the month: the cycle that all usage of a benchmark lies in. */
export function monthStartOf(nowMs: number): number {
  const now = new Date(nowMs);
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1);
}

export interface WorldOptions extends ServiceOptions {
  /** Each part in a process of its own; without it all are in one. */
  readonly isSeparate?: boolean;
}

/** A running service, what was sent to it, and what therefore has to come out. */
export class World {
  readonly expected = new ExpectedCredits();

  #startedBytes: ReadonlyMap<string, number> = new Map();

  private constructor(
    public service: Service,
    public api: Api,
    private feed: UsageFeed,
    private readonly options: WorldOptions,
  ) {}

  static async start(options: WorldOptions): Promise<World> {
    const service = await startService(options);
    const world = new World(service, new Api(service.url), await feedOf(service, options), options);
    world.#startedBytes = await service.residentBytes();
    return world;
  }

  /** Resident memory when the service had nothing to know yet. */
  get startedBytes(): ReadonlyMap<string, number> {
    return this.#startedBytes;
  }

  get #topic(): string {
    return this.options.env?.['CREDITFOLD_TOPIC'] ?? DEFAULT_TOPIC;
  }

  /** A load of this cycle's usage, which counts as sent from here on. */
  load(options: Omit<LoadOptions, 'fromMs' | 'toMs'> & Partial<Pick<LoadOptions, 'fromMs'>>): UsageLoad {
    const nowMs = Date.now();
    const fromMs = Math.max(monthStartOf(nowMs), options.fromMs ?? nowMs - LOAD_SPAN_MS);
    const load = usageLoad({ ...options, fromMs, toMs: nowMs });
    this.expected.add(load.usages);
    return load;
  }

  /** Deliveries a second from publishing a load to caught-up read models; making the load is not counted. */
  async rateOf(options: Omit<LoadOptions, 'fromMs' | 'toMs'>): Promise<number> {
    let [count, ms] = [0, 0];
    for (let from = 0; from < options.events; from += LOAD_EVENTS) {
      const events = Math.min(LOAD_EVENTS, options.events - from);
      const { deliveries } = this.load({ ...options, name: `${options.name}-${from}`, events });
      const records = deliveries.map(recordOf);
      count += records.length;
      ms += await timed(async () => {
        await publishAll(this.feed, this.#topic, records);
        await this.api.drained();
      });
    }
    return perSecond(count, ms);
  }

  /** To the feed, as a producer with a few requests in flight; resolves when all is durable. */
  publish(deliveries: readonly Delivery[]): Promise<void> {
    return publishAll(this.feed, this.#topic, deliveries.map(recordOf));
  }

  /** As `publish`, so many a second. */
  async publishSteadily(deliveries: readonly Delivery[], rate: number): Promise<void> {
    const startedMs = performance.now();
    for (let sent = 0; sent < deliveries.length;) {
      const due = Math.min(deliveries.length, Math.ceil(((performance.now() - startedMs) * rate) / 1_000));
      if (due > sent) await this.publish(deliveries.slice(sent, due));
      sent = Math.max(sent, due);
      await sleep(TICK_MS);
    }
  }

  /** Processor time that the service and its Postgres have taken so far, in microseconds; NaN without `/proc`. */
  async serviceCpuUs(): Promise<number> {
    const { pid } = await this.service.postgres();
    return [...this.service.pids, pid].reduce((sum, each) => sum + processTreeUs(each), 0);
  }

  async databaseUrl(): Promise<string> {
    return (await this.service.postgres()).url;
  }

  /** Compares every account of both read models with the independent sums. @throws {WrongTotal} */
  async checkTotals(): Promise<void> {
    await this.api.drained();
    const expected = this.expected.usedNanos;
    const nextHour = new Date(Math.ceil((Date.now() + 1) / HOUR_MS) * HOUR_MS).toISOString();
    const accounts = await this.api.accounts();
    const usage = await this.api.usedIn(new Date(monthStartOf(Date.now())).toISOString(), nextHour);
    const faults: string[] = [];
    for (const [organisation, nanos] of expected) {
      const [account, used] = [accounts.get(organisation), usage.get(organisation)];
      const isRight =
        account !== undefined &&
        nanosOf(account.used) === nanos &&
        nanosOf(account.balance) === INCLUDED_CREDITS - nanos &&
        used !== undefined &&
        nanosOf(used) === nanos;
      if (!isRight) faults.push(`${organisation}: ${nanos} nano-credits, not ${account?.used} (usage: ${used})`);
    }
    for (const name of accounts.keys()) if (!expected.has(name)) faults.push(`${name} was never sent`);
    if (faults.length > 0) throw new WrongTotal(`${faults.length} wrong totals: ${faults.slice(0, 5).join('; ')}`);
  }

  /** Starts the service on the same data after `end`; resolves when it is ready. */
  async startAgain(): Promise<void> {
    this.service = await startService(this.options);
    this.api = new Api(this.service.url);
    this.feed = await feedOf(this.service, this.options);
  }

  async end(): Promise<void> {
    await this.feed.close();
    await this.service.end();
  }
}

const startService = (options: WorldOptions): Promise<Service> =>
  options.isSeparate === true ? SeparateProcesses.start(options) : StandaloneProcess.start(options);

/** The feed that the service itself reads: its Postgres, or the Kafka that it was given. */
async function feedOf(service: Service, { env = {} }: ServiceOptions): Promise<UsageFeed> {
  const { url } = await service.postgres();
  const settings = usageFeedSettingsFrom({ DATABASE_URL: url, ...env });
  return openUsageFeed(settings, { clientId: 'bench' });
}

/** Resolves when all records are durable, a few requests in flight. */
export async function publishAll(feed: UsageFeed, topic: string, records: readonly PublishRecord[]): Promise<void> {
  let next = 0;
  const publishInTurn = async (): Promise<void> => {
    while (next < records.length) await feed.publish(topic, records.slice(next, (next += RECORDS_PER_PUBLISH)));
  };
  await Promise.all(Array.from({ length: PUBLISHES_AT_ONCE }, publishInTurn));
}

/** As a producer has it at hand. */
export const recordOf = ({ organisation, text }: Delivery): PublishRecord => ({
  key: Buffer.from(organisation, 'utf8'),
  value: Buffer.from(text, 'utf8'),
});
