import type { AccountParked, FeedEvent, FeedPositionRecorded } from '../codec/feed-events.js';

/** One partition of one generation of a topic. */
export interface FeedPartition {
  readonly topic: string;
  readonly generation: number;
  readonly partition: number;
}

/** The stream of a partition: its position, and the records that no account can hold. */
export const feedStream = ({ topic, generation, partition }: FeedPartition): string =>
  `feed-${topic}-${generation}-${partition}`;

export type FeedPosition = Pick<FeedPositionRecorded, 'nextOffset' | 'last' | 'markMs'>;

/** What a partition's stream says now. */
export interface FeedState {
  /** How far the partition is decided; null before the first position. */
  position: FeedPosition | null;
  /** Accounts that this partition parked, by organisation. */
  readonly parked: Map<string, ParkedAccount>;
  /** Accounts that are not parked any more, whose records are not all published yet. */
  readonly releasing: Set<string>;
}

export type ParkedAccount = Pick<AccountParked, 'reason' | 'detail' | 'atMs' | 'fromOffset'>;

export const initialFeedState = (): FeedState => ({ position: null, parked: new Map(), releasing: new Set() });

/** Folds one event of a partition's stream, in place. */
export function applyFeedEvent(state: FeedState, event: FeedEvent): void {
  switch (event.type) {
    case 'FeedPositionRecorded':
      state.position = { nextOffset: event.nextOffset, last: event.last, markMs: event.markMs };
      return;
    case 'AccountParked': {
      const { reason, detail, atMs, fromOffset } = event;
      state.parked.set(event.organisation, { reason, detail, atMs, fromOffset });
      state.releasing.delete(event.organisation);
      return;
    }
    case 'AccountUnparked':
      state.parked.delete(event.organisation);
      state.releasing.add(event.organisation);
      return;
    case 'ParkedRecordsPublished':
      state.releasing.delete(event.organisation);
      return;
    case 'FeedAssigned':
    case 'FeedGenerationStarted':
    case 'FeedGapAccepted':
    case 'RecordsParked':
    case 'UnparkRequested':
    case 'QuarantineRequeued':
      return;
  }
}
