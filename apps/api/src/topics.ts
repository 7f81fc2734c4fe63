/** Topics of a deployment: the live one is configured, the others are named after it. */
export interface Topics {
  readonly live: string;
  /** Loads of the past: a record's timestamp is its event's time. */
  readonly backfill: string;
  /** What the service itself publishes again: requeued and unparked records. */
  readonly requeue: string;
}

export const topicsOf = (live: string): Topics => ({ live, backfill: `${live}.backfill`, requeue: `${live}.requeue` });
