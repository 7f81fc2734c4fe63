import type { EventStore } from '@app/event-store';
import type { ReadModels, WindowLimits } from '@app/read-models';

/** Where the projector says what happened; pino fits. No payloads, no secrets. */
export interface Log {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** Why the process has to end: nothing that it could do by itself mends this. */
export interface FatalFault {
  readonly code: 'Stalled' | 'NewerEventVersion';
  readonly detail: string;
}

/** Every limit of this app. */
export const PROJECTOR_LIMITS = {
  /** The watchdog looks this often. */
  watchEveryMs: 2_000,
  /** Events are behind and nothing has moved for so long: health goes red, … */
  stalledRedMs: 15_000,
  /** … and the process ends (I11). */
  stalledExitMs: 45_000,
  /** Of one statement: a connection that has gone silent is given up for another before the process would be ended. */
  statementTimeoutMs: 30_000,
  stopWithinMs: 10_000,
} as const;

/** The parts that a projector works on. They are their maker's to close, after it has stopped. */
export interface ProjectorConfig {
  readonly store: EventStore;
  /** True (as when absent) where every event counts its position up by one: what is behind need not be counted. */
  readonly hasDensePositions?: boolean;
  readonly models: ReadModels;
  readonly log: Log;
  /** Hears of every window that failed and is tried again. */
  readonly onError?: (error: unknown) => void;
  /** Called once, when the process has to end with a code other than 0. */
  readonly onFatal: (fault: FatalFault) => void;
  readonly settings?: Partial<Record<keyof typeof PROJECTOR_LIMITS, number>>;
  readonly windows?: Partial<WindowLimits>;
}
