import { Controller, Inject, Res } from '@nestjs/common';
import type { Registry } from 'prom-client';
import { z } from 'zod';
import { Endpoint } from '../edge/endpoint.js';
import type { HttpReply } from '../edge/http.js';
import { METRICS } from '../tokens.js';

/** What Prometheus scrapes: of the process and its requests, never of a tenant. */
@Controller()
export class MetricsController {
  constructor(@Inject(METRICS) private readonly metrics: Registry) {}

  @Endpoint({
    method: 'GET',
    path: '/metrics',
    summary: 'Metrics for Prometheus',
    scope: 'public',
    answer: z.string(),
    answerType: 'text/plain',
  })
  async scrape(@Res({ passthrough: true }) reply: HttpReply): Promise<string> {
    reply.header('content-type', this.metrics.contentType);
    return this.metrics.metrics();
  }
}
