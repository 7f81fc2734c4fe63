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
import { watchdogsOf, type Watchdogs } from './health/watchdogs.js';
import { describeError } from './log.js';
import { allTopics, topicDefinitions } from './topics.js';
import { UsageFeedStrategy } from './transport/index.js';

export interface RunningAggregator {
  /** Finishes what is under way, writes positions, and leaves the partitions; abandons after `stopGraceMs`. */
  stop(): Promise<void>;
  health(): AggregatorHealth;
  /** In the text format of Prometheus. */
  metrics(): Promise<string>;
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
  const watchdogs = watchdogsOf({
    settings,
    partitions: parts.partitions,
    log: config.log,
    reachedAt: () => strategy.reachedAt,
    onFatal: (fault) => fatal.raise(fault),
  });
  for (const watchdog of Object.values(watchdogs)) watchdog.start();
  const service = await NestFactory.createMicroservice(AggregatorModule.of(parts.partitions), {
    strategy,
    logger: false,
  });
  await service.listen();
  scheduler.start();
  const registry = metricsOf(parts);
  let stopped: Promise<void> | undefined;
  return {
    stop: () => (stopped ??= stopAll(parts, { service, stopping, watchdogs })),
    health: () => healthOf(parts, watchdogs, fatal),
    metrics: () => registry.metrics(),
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

async function stopAll(
  { accounts, catalogs, clock, scheduler, settings }: AggregatorParts,
  running: { service: INestMicroservice; stopping: AbortController; watchdogs: Watchdogs },
): Promise<void> {
  const { service, stopping, watchdogs } = running;
  for (const watchdog of Object.values(watchdogs)) watchdog.stop();
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
  watchdogs: Watchdogs,
  fatal: FatalOnce,
): AggregatorHealth {
  const owned = [...partitions.owned];
  const lostPartitions = owned.filter((partition) => partition.isLost).length;
  const problems: AggregatorProblem[] = [...new Set(partitions.alarms.map(({ code }) => code))];
  if (gate.problem !== undefined) problems.push(gate.problem);
  if (watchdogs.work.isRed) problems.push('Stalled');
  if (watchdogs.feed.isRed) problems.push('FeedUnavailable');
  if (lostPartitions > 0) problems.push('PartitionLost');
  if (fatal.fault !== undefined) problems.push('Fatal');
  if (parked.count > 0) problems.push('AccountsParked');
  return {
    isReady: isReadyWith(problems),
    problems,
    alarms: partitions.alarms.map(({ detail }) => detail),
    parkedAccounts: parked.count,
    partitions: owned.length - lostPartitions,
    lostPartitions,
    waitingRecords: Number(owned.reduce((sum, { lag }) => sum + lag, 0n)),
    clockSkewMs: clock.skewMs,
  };
}
