/** Every await that touches the world, before and after: tests end the process at each of them (F1). */
export const CRASH_POINTS = [
  'assign.before',
  'assign.after',
  'batch.prepared',
  'account.before-load',
  'account.loaded',
  'append.before',
  'append.after',
  'batch.folded',
  'position.before',
  'position.after',
  'trim.before',
  'trim.after',
  'schedule.before-append',
  'schedule.after-append',
  'unpark.before-release',
  'unpark.after-release',
  'unpark.before-publish',
  'unpark.after-publish',
  'unpark.after-append',
] as const;

export type CrashPointName = (typeof CRASH_POINTS)[number];

/** Called at every crash point; does nothing outside of tests. A throw ends the partition's work for good. */
export type CrashPoint = (name: CrashPointName) => void;

export const NO_CRASH: CrashPoint = () => undefined;
