import type { CatalogStream } from '@app/accounts';
import type { Catalog } from '@app/metering';
import type { ClockCheck } from '../health/clock-check.js';
import { describeError, type Log } from '../log.js';
import type { AggregatorSettings } from '../settings.js';
import { BackOff } from './back-off.js';

export type GateProblem = 'NoCatalog' | 'CatalogStale' | 'ClockSkewed';

interface GateOptions {
  readonly catalogs: CatalogStream;
  readonly clock: ClockCheck;
  readonly nowMs: () => number;
  readonly settings: AggregatorSettings;
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** Whether anything may be decided now: the newest catalog is known, and the clock is right. */
export class DecidingGate {
  constructor(private readonly options: GateOptions) {}

  /** Why nothing is decided now; undefined when deciding goes on. */
  get problem(): GateProblem | undefined {
    const { catalogs, clock, nowMs, settings } = this.options;
    if (clock.isSkewed) return 'ClockSkewed';
    if (catalogs.current === undefined) return 'NoCatalog';
    return nowMs() - catalogs.knownAtMs > settings.catalogStaleMs ? 'CatalogStale' : undefined;
  }

  /** The catalog to decide with, when that may be done at once. */
  get catalog(): Catalog | undefined {
    return this.problem === undefined ? this.options.catalogs.current : undefined;
  }

  /**
   * Whether a newer catalog was published before `sinceMs`: asked of the store, unless that has been asked since.
   * @throws {EventStoreUnavailable}
   */
  async isSuperseded(catalog: Catalog, sinceMs: number): Promise<boolean> {
    const { catalogs } = this.options;
    // A read that is under way may have begun too early; the one after it has not.
    for (let reads = 0; reads < 2 && catalogs.knownAtMs <= sinceMs; reads += 1) await catalogs.refresh();
    return catalogs.current?.version !== catalog.version;
  }

  /** Waits until deciding is allowed, and looks for what is missing meanwhile. @throws {Stopping} */
  async opened(): Promise<Catalog> {
    const { catalogs, clock, log, settings, signal } = this.options;
    const backOff = new BackOff(settings, signal);
    for (;;) {
      const { catalog, problem } = this;
      if (catalog !== undefined) return catalog;
      if (problem === 'ClockSkewed') await clock.look();
      else {
        await catalogs.refresh().catch((error: unknown) => {
          log.warn(describeError(error), 'The catalog cannot be read');
        });
      }
      if (this.catalog === undefined) await backOff.wait();
    }
  }
}
