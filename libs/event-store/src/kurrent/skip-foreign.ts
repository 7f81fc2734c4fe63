import { streamNameFilter } from '@eventstore/db-client';
import type { EventStoreDBClient } from '@eventstore/db-client';
import type { GlobalPosition } from '../event-store.js';
import { KURRENT_LIMITS } from './limits.js';
import { isStart } from './positions.js';

interface Stretch {
  readonly after: GlobalPosition;
  readonly streamPrefixes: readonly string[];
}

/**
 * How far there is nothing behind `after` but other streams' events, which may be most of a server that others use too:
 * the last checkpoint of a subscription that the server filters, before the first event that is wanted. Undefined where
 * it says nothing in time; never rejects, since whoever reads on finds out what is wrong.
 */
export async function skipForeign(
  client: EventStoreDBClient,
  { after, streamPrefixes }: Stretch,
): Promise<GlobalPosition | undefined> {
  const { foreignWindowEvents, foreignQuietMs, foreignMaxMs } = KURRENT_LIMITS;
  let reached: GlobalPosition | undefined;
  let quiet: NodeJS.Timeout | undefined;
  let atMost: NodeJS.Timeout | undefined;
  const subscription = client.subscribeToAll({
    fromPosition: isStart(after) ? 'start' : after,
    filter: streamNameFilter({
      prefixes: [...streamPrefixes],
      maxSearchWindow: foreignWindowEvents,
      checkpointReached: (_subscription, position) => {
        // The client calls this ahead of events that came before it and wait to be emitted: it would lead past them.
        if (subscription.readableLength === 0) reached = position;
        quiet?.refresh();
      },
    }),
    requiresLeader: true,
  });
  try {
    return await new Promise((resolve) => {
      const end = (): void => resolve(reached);
      quiet = setTimeout(end, foreignQuietMs);
      atMost = setTimeout(end, foreignMaxMs);
      subscription.on('data', end);
      subscription.on('end', end);
      // Stays attached for as long as it lives: an error that nobody handles would end the process.
      subscription.on('error', end);
    });
  } finally {
    clearTimeout(quiet);
    clearTimeout(atMost);
    // It may never have begun.
    subscription.unsubscribe().catch(() => undefined);
  }
}
