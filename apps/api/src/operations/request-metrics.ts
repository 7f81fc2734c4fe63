import { Counter, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';

const BUCKETS_SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];

export interface ObservedRequest {
  readonly method: string;
  /** The route's pattern: a path would name tenants, and there is no end of paths. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

/** Counts requests by route and status, and how long they took. */
export class RequestMetrics {
  readonly #seconds: Histogram<'method' | 'route' | 'status'>;
  readonly #events: Counter;

  constructor(metrics: Registry) {
    this.#seconds = new Histogram({
      name: 'creditfold_http_request_seconds',
      help: 'Duration of HTTP requests by route and status',
      labelNames: ['method', 'route', 'status'],
      buckets: BUCKETS_SECONDS,
      registers: [metrics],
    });
    this.#events = new Counter({
      name: 'creditfold_http_events_accepted_total',
      help: 'Usage events accepted over HTTP',
      registers: [metrics],
    });
  }

  observe({ method, route, status, seconds }: ObservedRequest): void {
    this.#seconds.observe({ method, route, status: String(status) }, seconds);
  }

  eventsAccepted(count: number): void {
    this.#events.inc(count);
  }
}
