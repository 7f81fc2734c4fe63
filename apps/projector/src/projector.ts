import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { LANES, LaneWorker, SharedSource, type LaneName } from '@app/read-models';
import { PROJECTOR_LIMITS, type FatalFault, type ProjectorConfig } from './projector-config.js';
import { Progress, type LaneProgress } from './progress.js';
import { ProjectorMetrics } from './projector-metrics.js';

export type ProjectorProblem = FatalFault['code'] | 'Unreachable';

/** What a projector says of itself: no hosts, no secrets, no organisation's data. */
export interface ProjectorHealth {
  readonly isReady: boolean;
  /** By stable codes. */
  readonly problems: readonly ProjectorProblem[];
  readonly lanes: readonly {
    readonly lane: LaneName;
    readonly position: string;
    readonly behind: number;
    /** This process moves it; false on a standby. */
    readonly isLeading: boolean;
  }[];
}

/** Both lanes and the watchdog over them. */
export class Projector implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly metrics: ProjectorMetrics;
  readonly #workers: ReadonlyMap<LaneName, LaneWorker>;
  readonly #progress: Progress;
  readonly #limits;
  #timer: NodeJS.Timeout | undefined;
  #fault: FatalFault | undefined;

  constructor(private readonly config: ProjectorConfig) {
    const { store, models, log, windows } = config;
    this.#limits = { ...PROJECTOR_LIMITS, ...config.settings };
    this.#progress = new Progress({ store, models, hasDensePositions: config.hasDensePositions ?? true });
    this.metrics = new ProjectorMetrics(() => this.#progress.lanes);
    const listener = {
      onWindow: (lane: LaneName, events: number) => this.metrics.countWindow(lane, events),
      onError: (lane: LaneName, error: unknown) => {
        this.metrics.countError(lane);
        config.onError?.(error);
        log.error({ lane, error: describe(error) }, 'The lane will be tried again');
      },
      onRebuild: (lane: LaneName, reason: string) => log.warn({ lane, reason }, 'The lane is built anew'),
    };
    const limits = windows === undefined ? {} : { limits: windows };
    const source = new SharedSource(store);
    this.#workers = new Map(
      LANES.map((lane) => [
        lane,
        new LaneWorker({ lane, generations: models.generations, store, source, listener, ...limits }),
      ]),
    );
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.#progress.look(performance.now());
    for (const worker of this.#workers.values()) worker.start();
    this.#timer = setInterval(() => void this.#watch(), this.#limits.watchEveryMs);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([...this.#workers.values()].map((worker) => worker.stop()));
  }

  get health(): ProjectorHealth {
    const problems: ProjectorProblem[] = [];
    if (this.#fault !== undefined) problems.push(this.#fault.code);
    else if (this.#stalledMs() >= this.#limits.stalledRedMs) problems.push('Stalled');
    if (!this.#progress.isReachable) problems.push('Unreachable');
    return { isReady: problems.length === 0, problems, lanes: this.#progress.lanes.map((lane) => this.#laneOf(lane)) };
  }

  #laneOf({ lane, position, behind }: LaneProgress) {
    return { lane, position: position.toString(), behind, isLeading: this.#workers.get(lane)?.isLeading === true };
  }

  #stalledMs(): number {
    return this.#progress.stalledMs(performance.now());
  }

  async #watch(): Promise<void> {
    await this.#progress.look(performance.now());
    for (const [lane, { fatal }] of this.#workers)
      if (fatal !== undefined) this.#end({ code: 'NewerEventVersion', detail: `lane ${lane}: ${fatal.message}` });
    if (this.#stalledMs() >= this.#limits.stalledExitMs)
      this.#end({ code: 'Stalled', detail: 'Events are waiting and nothing moves' });
  }

  /** Others follow from the first. */
  #end(fault: FatalFault): void {
    if (this.#fault !== undefined) return;
    this.#fault = fault;
    this.config.log.error({ ...fault }, 'The projector cannot go on');
    this.config.onFatal(fault);
  }
}

const describe = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);
