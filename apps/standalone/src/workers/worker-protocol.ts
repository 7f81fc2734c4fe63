/** What the supervisor and a part say to each other. */
export type ToWorker = { readonly kind: 'stop' } | HeardReport;

export type FromWorker =
  | { readonly kind: 'ready'; readonly url: string | null }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  | { readonly kind: 'report'; readonly report: PartReport }
  | { readonly kind: 'stopped' };

/** How a part is, as it says itself, again and again: no hosts, no secrets, no organisation's data. */
export interface PartReport {
  readonly isReady: boolean;
  /** By stable codes; a part may be ready and have some. */
  readonly problems: readonly string[];
  /** In the text format of Prometheus. */
  readonly metrics: string;
}

/** Another part's report, passed on. */
export interface HeardReport {
  readonly kind: 'report';
  readonly part: string;
  readonly report: PartReport;
}

/** The settings that reach a part: one environment, resolved by the supervisor. */
export type WorkerEnvironment = Readonly<Record<string, string>>;

/** A part of the process, running in a thread of its own. */
export interface RunningPart {
  /** Where it serves, if it does. */
  readonly url?: string;
  /** Settles when the part cannot go on, with the reason. */
  readonly failed?: Promise<Error>;
  /** How it is now, for the part that answers probes. */
  readonly report?: () => Promise<PartReport>;
  /** Hears what the others report. */
  readonly hear?: (heard: HeardReport) => void;
  stop(): Promise<void>;
}
