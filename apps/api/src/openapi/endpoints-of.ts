import type { Type } from '@nestjs/common';
import type { EndpointDefinition } from '../edge/endpoint.js';

/** Fastify's adapter keeps a route's configuration under this key. */
const ROUTE_CONFIG = '__fastify_route_config__';

/** The endpoints that these controllers declare, in their order. */
export function endpointsOf(controllers: readonly Type[]): EndpointDefinition[] {
  return controllers.flatMap((controller) => {
    const prototype = controller.prototype as Readonly<Record<string, unknown>>;
    return Object.getOwnPropertyNames(prototype).flatMap((method) => {
      const handler = prototype[method];
      if (typeof handler !== 'function') return [];
      const config = Reflect.getMetadata(ROUTE_CONFIG, handler) as { endpoint?: EndpointDefinition } | undefined;
      return config?.endpoint ? [config.endpoint] : [];
    });
  });
}
