import { Controller, Inject } from '@nestjs/common';
import { z } from 'zod';
import type { ApiParts } from '../api-parts.js';
import { Endpoint } from '../edge/endpoint.js';
import { Problem } from '../edge/problem.js';
import { PARTS } from '../tokens.js';

const alive = z.object({ status: z.literal('ok') });
const ready = alive.extend({
  problems: z.array(z.literal('AccountsParked')).meta({ description: 'What an operator has to look at meanwhile' }),
  parkedAccounts: z.int().meta({ description: 'See GET /v1/parked-accounts' }),
});

/** Probes: live is the process, ready is what it needs. They name no host and no secret. */
@Controller()
export class HealthController {
  constructor(@Inject(PARTS) private readonly parts: ApiParts) {}

  @Endpoint({ method: 'GET', path: '/health/live', summary: 'The process answers', scope: 'public', answer: alive })
  live(): z.input<typeof alive> {
    return { status: 'ok' };
  }

  @Endpoint({ method: 'GET', path: '/health/ready', summary: 'Requests can be served', scope: 'public', answer: ready })
  async ready(): Promise<z.input<typeof ready>> {
    const faulty = await this.parts.unreadyParts();
    const parkedAccounts = this.parts.parked.count;
    if (faulty.length === 0) {
      return { status: 'ok', problems: parkedAccounts > 0 ? ['AccountsParked'] : [], parkedAccounts };
    }
    throw Problem.of('Unavailable', `Not ready: ${faulty.join(', ')}`, { retryAfterSeconds: 1 });
  }
}
