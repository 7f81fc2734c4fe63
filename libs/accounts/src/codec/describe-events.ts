import * as z from 'zod';
import { accountEvents } from './account-codec.js';
import { catalogEvents, deploymentEvents } from './catalog-events.js';
import type { EventCodec } from './event-codec.js';
import { feedEvents } from './feed-events.js';

/** One event type as documentation shows it; `fields` is the JSON schema of its JSON form. */
export interface EventDescription {
  readonly stream: string;
  readonly type: string;
  readonly version: number;
  readonly encoding: 'json' | 'binary';
  readonly fields: z.core.JSONSchema.BaseSchema;
}

function describeCodec<E extends { readonly type: string }>(codec: EventCodec<E>): EventDescription[] {
  return codec.entries().map(([type, { version, encoding, schema }]) => ({
    stream: codec.stream,
    type,
    version,
    encoding,
    fields: z.toJSONSchema(schema, { io: 'input' }),
  }));
}

/** All event types of all streams, streams in the order of their importance, types by name. */
export function describeEvents(): EventDescription[] {
  return [
    ...describeCodec(accountEvents),
    ...describeCodec(feedEvents),
    ...describeCodec(catalogEvents),
    ...describeCodec(deploymentEvents),
  ];
}
