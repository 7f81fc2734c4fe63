import { Controller, Inject, Res } from '@nestjs/common';
import { z } from 'zod';
import { Endpoint } from '../edge/endpoint.js';
import type { ApiParts } from '../api-parts.js';
import type { HttpReply } from '../edge/http.js';
import { PARTS } from '../tokens.js';

/** What Prometheus scrapes: of the process and its requests, never of a tenant. */
@Controller()
export class MetricsController {
  constructor(@Inject(PARTS) private readonly parts: ApiParts) {}

  @Endpoint({
    method: 'GET',
    path: '/metrics',
    summary: 'Metrics for Prometheus',
    scope: 'public',
    answer: z.string(),
    answerType: 'text/plain',
  })
  async scrape(@Res({ passthrough: true }) reply: HttpReply): Promise<string> {
    const { metrics, otherMetrics } = this.parts;
    reply.header('content-type', metrics.contentType);
    const own = await metrics.metrics();
    return otherMetrics === undefined ? own : `${own}\n${otherMetrics()}`;
  }
}
