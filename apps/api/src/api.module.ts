import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import type { ApiConfig } from './api-config.js';
import type { ApiParts } from './api-parts.js';
import { CONTROLLERS } from './controllers.js';
import { Cursors } from './edge/cursor.js';
import { Authenticator } from './keys/authenticator.js';
import { RateLimiter } from './keys/rate-limiter.js';
import { AUTHENTICATOR, CURSORS, PARTS, RATE_LIMITER } from './tokens.js';

/** The API as a Nest module, on parts that somebody else made. */
@Module({})
export class ApiModule {
  static of(config: ApiConfig, parts: ApiParts): DynamicModule {
    return {
      module: ApiModule,
      controllers: [...CONTROLLERS],
      providers: [
        { provide: PARTS, useValue: parts },
        { provide: CURSORS, useValue: new Cursors(config.adminKey) },
        { provide: AUTHENTICATOR, useValue: new Authenticator(config.adminKey, parts.keys, parts.nowMs) },
        { provide: RATE_LIMITER, useValue: new RateLimiter(config.rateLimits, parts.nowMs) },
      ],
    };
  }
}
