/** What the supervisor and a part say to each other. */
export type ToWorker = { readonly kind: 'stop' };

export type FromWorker =
  | { readonly kind: 'ready'; readonly url: string | null }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  | { readonly kind: 'stopped' };

/** The settings that reach a part: one environment, resolved by the supervisor. */
export type WorkerEnvironment = Readonly<Record<string, string>>;

/** A part of the process, running in a thread of its own. */
export interface RunningPart {
  /** Where it serves, if it does. */
  readonly url?: string;
  /** Settles when the part cannot go on, with the reason. */
  readonly failed?: Promise<Error>;
  stop(): Promise<void>;
}
