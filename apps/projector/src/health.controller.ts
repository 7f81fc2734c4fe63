import { Controller, Get, Header, HttpException, HttpStatus, Inject } from '@nestjs/common';
import { Projector, type ProjectorHealth } from './projector.js';

/** Probes and metrics of a projector in a process of its own. */
@Controller()
export class HealthController {
  constructor(@Inject(Projector) private readonly projector: Projector) {}

  @Get('/health/live')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('/health/ready')
  ready(): ProjectorHealth & { status: 'ok' } {
    const { health } = this.projector;
    if (health.isReady) return { status: 'ok', ...health };
    throw new HttpException({ status: 'unavailable', ...health }, HttpStatus.SERVICE_UNAVAILABLE);
  }

  @Get('/metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  metrics(): Promise<string> {
    return this.projector.metrics.registry.metrics();
  }
}
