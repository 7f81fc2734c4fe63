import { Controller } from '@nestjs/common';
import { z } from 'zod';
import { Endpoint } from '../edge/endpoint.js';
import { endpointsOf } from '../openapi/endpoints-of.js';
import { openApiDocument } from '../openapi/openapi-document.js';

/** The contract as a machine reads it, made from the schemas that validate. */
@Controller()
export class OpenApiController {
  #document: object | undefined;

  @Endpoint({
    method: 'GET',
    path: '/openapi.json',
    summary: 'This contract, as OpenAPI 3.1',
    scope: 'public',
    answer: z.record(z.string(), z.unknown()),
  })
  async document(): Promise<object> {
    // Imported late: the list of controllers names this one too.
    const { CONTROLLERS } = await import('../controllers.js');
    this.#document ??= openApiDocument(endpointsOf(CONTROLLERS));
    return this.#document;
  }
}
