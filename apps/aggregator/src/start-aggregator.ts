import 'reflect-metadata';
import { setMaxListeners } from 'node:events';
import type { INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { FeedAlarm } from '@app/usage-feed';
import { AggregatorModule } from './aggregator.module.js';
import type { AggregatorConfig, FatalFault } from './aggregator-config.js';
import { composeAggregator, type AggregatorParts } from './compose-aggregator.js';
import { isReadyWith, type AggregatorHealth, type AggregatorProblem } from './health/health.js';
import { metricsOf } from './health/metrics.js';
import { Watchdog } from './health/watchdog.js';
import { describeError } from './log.js';
import { allTopics, topicDefinitions } from './topics.js';
import { UsageFeedStrategy } from './transport/index.js';

export interface RunningAggregator {
  /** Finishes what is under way, writes positions, and leaves the partitions; abandons after `stopGraceMs`. */
  stop(): Promise<void>;
  health(): AggregatorHealth;
  /** In the text format of Prometheus. */
  metrics(): Promise<string>;
  /** Publishes a parked account's records again; answers how many. */
  unpark(organisation: string): Promise<number>;
  /** One pass of the scheduler now; resolves at its end. */
  schedule(): Promise<void>;
}

/** Starts deciding usage. Resolves when every partition known now was assigned once. @throws {EventStoreUnavailable} */
export async function startAggregator(config: AggregatorConfig): Promise<RunningAggregator> {
  const stopping = new AbortController();
  // Every pause under way listens to it: one an account at most, which the batches bound.
  setMaxListeners(0, stopping.signal);
  const fatal = new FatalOnce(config);
  let strategy: UsageFeedStrategy | undefined;
  const parts = await composeAggregator(config, {
    signal: stopping.signal,
    onFailed: (error) => fatal.raise({ code: 'Failed', detail: describeError(error).error }),
    onAlarm: ({ code, detail }: FeedAlarm) => fatal.raise({ code, detail }),
    hintPosition: (partition, nextOffset) => strategy?.hintPosition(partition, nextOffset),
  });
  const { settings, topics, catalogs, clock, scheduler } = parts;
  await config.feed.ensureTopics(topicDefinitions(topics, settings.partitions));
  const { batchRecordsMax, batchBytesMax, idleMs } = settings;
  const options = { topics: allTopics(topics), batchRecordsMax, batchBytesMax, idleMs };
  strategy = new UsageFeedStrategy({ feed: config.feed, options });
  await clock.look();
  const onWarning = (message: string, error: unknown): void => config.log.warn(describeError(error), message);
  await catalogs.refresh().catch((error: unknown) => onWarning('The catalog cannot be read', error));
  catalogs.follow(settings.catalogPollMs, onWarning);
  clock.follow(settings.clockCheckMs);
  const watchdog = watchdogOf(parts, config, fatal);
  watchdog.start();
  const service = await NestFactory.createMicroservice(AggregatorModule.of(parts.partitions), {
    strategy,
    logger: false,
  });
  await service.listen();
  scheduler.start();
  const registry = metricsOf(parts);
  let stopped: Promise<void> | undefined;
  return {
    stop: () => (stopped ??= stopAll(parts, { service, stopping, watchdog })),
    health: () => healthOf(parts, watchdog, fatal),
    metrics: () => registry.metrics(),
    unpark: (organisation) => parts.unparking.unpark(organisation),
    schedule: () => scheduler.pass(),
  };
}

/** Tells of the first fault that ends the process; others follow from it. */
class FatalOnce {
  fault: FatalFault | undefined;

  constructor(private readonly config: AggregatorConfig) {}

  raise(fault: FatalFault): void {
    if (this.fault !== undefined) return;
    this.fault = fault;
    this.config.log.error({ ...fault }, 'The aggregator cannot go on');
    this.config.onFatal(fault);
  }
}

function watchdogOf({ partitions, settings }: AggregatorParts, config: AggregatorConfig, fatal: FatalOnce): Watchdog {
  return new Watchdog({
    stalledSince: () => partitions.stalledSince,
    redMs: settings.stalledRedMs,
    exitMs: settings.stalledExitMs,
    everyMs: settings.watchEveryMs,
    onStalled: () => fatal.raise({ code: 'Stalled', detail: 'Work is waiting and nothing moves' }),
    log: config.log,
  });
}

async function stopAll(
  { accounts, catalogs, clock, scheduler, settings }: AggregatorParts,
  running: { service: INestMicroservice; stopping: AbortController; watchdog: Watchdog },
): Promise<void> {
  const { service, stopping, watchdog } = running;
  watchdog.stop();
  catalogs.stop();
  clock.stop();
  const giveUp = setTimeout(() => stopping.abort(), settings.stopGraceMs);
  try {
    await Promise.all([scheduler.stop(), service.close()]);
  } finally {
    clearTimeout(giveUp);
    stopping.abort();
  }
  await accounts.snapshotsSaved();
}

function healthOf(
  { partitions, parked, gate, clock }: AggregatorParts,
  watchdog: Watchdog,
  fatal: FatalOnce,
): AggregatorHealth {
  const owned = [...partitions.owned];
  const lostPartitions = owned.filter((partition) => partition.isLost).length;
  const problems: AggregatorProblem[] = partitions.alarms.map(({ code }) => code);
  if (gate.problem !== undefined) problems.push(gate.problem);
  if (watchdog.isRed) problems.push('Stalled');
  if (lostPartitions > 0) problems.push('PartitionLost');
  if (fatal.fault !== undefined) problems.push('Fatal');
  if (parked.count > 0) problems.push('AccountsParked');
  return {
    isReady: isReadyWith(problems),
    problems,
    parkedAccounts: parked.count,
    partitions: owned.length - lostPartitions,
    lostPartitions,
    waitingRecords: Number(owned.reduce((sum, { lag }) => sum + lag, 0n)),
    clockSkewMs: clock.skewMs,
  };
}
