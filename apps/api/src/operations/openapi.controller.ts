import { Controller, Inject } from '@nestjs/common';
import { z } from 'zod';
import { Endpoint } from '../edge/endpoint.js';
import { OPENAPI } from '../tokens.js';

/** The contract as a machine reads it, made from the schemas that validate. */
@Controller()
export class OpenApiController {
  constructor(@Inject(OPENAPI) private readonly contract: object) {}

  @Endpoint({
    method: 'GET',
    path: '/openapi.json',
    summary: 'This contract, as OpenAPI 3.1',
    scope: 'public',
    answer: z.record(z.string(), z.unknown()),
  })
  document(): object {
    return this.contract;
  }
}
