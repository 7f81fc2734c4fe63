/** What somebody is told. The id is made from the place in the stream, so every attempt and every replay has the same. */
export interface Notification {
  readonly id: string;
  readonly organisation: string;
  /** `threshold`, `negative-limit`, `credits-expired`, `resource`. */
  readonly kind: string;
  readonly severity: 'info' | 'warning' | 'critical';
  /** One line. */
  readonly title: string;
  /** Sentences, with what to do next. */
  readonly text: string;
  /** RFC 3339: ledger time of what happened. */
  readonly at: string;
  /** What happened, for machines. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** Where it goes. */
export type Channel =
  | { readonly kind: 'email'; readonly to: readonly string[] }
  | { readonly kind: 'slack'; readonly url: string }
  | { readonly kind: 'pagerduty'; readonly url: string; readonly routingKey: string }
  | { readonly kind: 'webhook'; readonly url: string; readonly secrets: readonly string[] };

/** What became of one attempt. `failed` may be tried again, `refused` never gets better. Reasons name no address. */
export type DeliveryOutcome =
  { readonly kind: 'delivered' } | { readonly kind: 'failed' | 'refused'; readonly reason: string };

/** The port: delivers at least once, never throws. */
export interface Notifier {
  deliver(notification: Notification, channel: Channel): Promise<DeliveryOutcome>;
  close(): void;
}
