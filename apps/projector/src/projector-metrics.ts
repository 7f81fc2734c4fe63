import type { LaneName } from '@app/read-models';
import { Counter, Gauge, Registry } from 'prom-client';
import type { LaneProgress } from './progress.js';

/** What Prometheus reads of a projector. */
export class ProjectorMetrics {
  readonly registry = new Registry();
  readonly #windows: Counter<'lane'>;
  readonly #events: Counter<'lane'>;
  readonly #errors: Counter<'lane'>;

  constructor(lanes: () => readonly LaneProgress[]) {
    const registers = [this.registry];
    const labelNames = ['lane'] as const;
    const counter = (name: string, help: string): Counter<'lane'> =>
      new Counter({ name: `creditfold_projector_${name}_total`, help, registers, labelNames });
    this.#windows = counter('windows', 'Windows of events that were projected.');
    this.#events = counter('events', 'Events of the store that were projected.');
    this.#errors = counter('errors', 'Windows that failed and were tried again.');
    const behind = new Gauge({
      name: 'creditfold_projector_behind_events',
      help: 'Positions of the event store after the checkpoint.',
      registers,
      labelNames,
      collect: () => {
        for (const progress of lanes()) behind.set({ lane: progress.lane }, progress.behind);
      },
    });
  }

  countWindow(lane: LaneName, events: number): void {
    this.#windows.inc({ lane });
    this.#events.inc({ lane }, events);
  }

  countError(lane: LaneName): void {
    this.#errors.inc({ lane });
  }
}
