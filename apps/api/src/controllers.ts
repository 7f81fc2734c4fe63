import type { Type } from '@nestjs/common';
import { KeysController } from './keys/keys.controller.js';
import { HealthController } from './operations/health.controller.js';
import { OpenApiController } from './operations/openapi.controller.js';

/** Every controller of the API: an endpoint is served, guarded and documented by standing here. */
export const CONTROLLERS: readonly Type[] = [KeysController, HealthController, OpenApiController];
