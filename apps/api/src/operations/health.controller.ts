import { Controller, Inject } from '@nestjs/common';
import { z } from 'zod';
import type { ApiParts } from '../api-parts.js';
import { Endpoint } from '../edge/endpoint.js';
import { Problem } from '../edge/problem.js';
import { PARTS } from '../tokens.js';

const answer = z.object({ status: z.literal('ok') });

/** Probes: live is the process, ready is what it needs. They name no host and no secret. */
@Controller()
export class HealthController {
  constructor(@Inject(PARTS) private readonly parts: ApiParts) {}

  @Endpoint({ method: 'GET', path: '/health/live', summary: 'The process answers', scope: 'public', answer })
  live(): z.input<typeof answer> {
    return { status: 'ok' };
  }

  @Endpoint({ method: 'GET', path: '/health/ready', summary: 'Requests can be served', scope: 'public', answer })
  async ready(): Promise<z.input<typeof answer>> {
    const faulty = await this.parts.unreadyParts();
    if (faulty.length === 0) return { status: 'ok' };
    throw Problem.of('Unavailable', `Not ready: ${faulty.join(', ')}`, { retryAfterSeconds: 1 });
  }
}
