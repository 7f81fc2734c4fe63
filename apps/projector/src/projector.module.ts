import { Module, type DynamicModule } from '@nestjs/common';
import { HealthController } from './health.controller.js';
import { Projector } from './projector.js';
import type { ProjectorConfig } from './projector-config.js';

/** The projector as a Nest module, on parts that somebody else made. `servesHealth` adds its probes over HTTP. */
@Module({})
export class ProjectorModule {
  static of(config: ProjectorConfig, { servesHealth }: { readonly servesHealth: boolean }): DynamicModule {
    return {
      module: ProjectorModule,
      controllers: servesHealth ? [HealthController] : [],
      providers: [{ provide: Projector, useFactory: () => new Projector(config) }],
      exports: [Projector],
    };
  }
}
