import type { AllStreamRecordedEvent, ReadPosition } from '@eventstore/db-client';
import { START } from '../event-store.js';
import type { AllPage, GlobalPosition, ReadAllOptions, StoredEvent } from '../event-store.js';
import { isWanted, withWantedData } from '../read-options.js';
import { collectRead } from './collect-read.js';
import { KURRENT_LIMITS } from './limits.js';
import { asReadError } from './port-errors.js';
import { isAfter, isStart } from './positions.js';
import type { SharedClient } from './shared-client.js';
import { skipForeign } from './skip-foreign.js';
import { isSystemEvent, toStoredEvent } from './stored-events.js';

interface Page {
  readonly direction: 'forwards' | 'backwards';
  readonly fromPosition: ReadPosition;
  readonly maxCount: number;
}

/** Reads `$all`. Asks only for positions that the server gave: it refuses invented ones. */
export class AllReader {
  /** The last event of all when last looked: looking backwards for it never passes this one. */
  private knownHead = START;

  constructor(
    private readonly shared: SharedClient,
    private readonly timeoutMs: number,
  ) {}

  /**
   * As the port says. The client's reads of `$all` take no filter, so that prefixes are matched here; a page in which
   * nothing was wanted goes on to where the server itself finds something.
   */
  async read(options: ReadAllOptions): Promise<AllPage> {
    const page = await this.readPlain(options);
    const { streamPrefixes } = options;
    if (page.isEnd || page.events.length > 0 || streamPrefixes === undefined) return page;
    const stretch = { after: page.position, streamPrefixes };
    const reached = await this.shared.reads.take(() => skipForeign(this.shared.client, stretch));
    return reached === undefined ? page : { ...page, position: reached };
  }

  /** `maxCount` counts the events looked at, system events aside. */
  private async readPlain(options: ReadAllOptions): Promise<AllPage> {
    const { after, maxCount } = options;
    const events: StoredEvent[] = [];
    let [looked, position] = [0, after];
    for (let round = 0; round < KURRENT_LIMITS.readAllRoundsMax; round += 1) {
      // One more, since the server begins with the event at `position` itself.
      const count = maxCount - looked + 1;
      const fromPosition = isStart(position) ? 'start' : position;
      const found = await this.page({ direction: 'forwards', fromPosition, maxCount: count });
      for (const event of found) {
        if (!isAfter(event.position, position)) continue;
        if (looked === maxCount) return { events, position, isEnd: false };
        position = event.position;
        if (isSystemEvent(event)) continue;
        looked += 1;
        if (isWanted(event.streamId, options)) events.push(withWantedData(toStoredEvent(event), options));
      }
      if (found.length < count) return { events, position, isEnd: true };
      if (looked === maxCount) break;
    }
    return { events, position, isEnd: false };
  }

  /** The position of the last event that is not the server's own. */
  async head(): Promise<GlobalPosition> {
    let fromPosition: ReadPosition = 'end';
    for (let maxCount: number = KURRENT_LIMITS.headPageEvents; ;) {
      const page = await this.page({ direction: 'backwards', fromPosition, maxCount });
      const last = page.find((event) => !isSystemEvent(event));
      if (last !== undefined && isAfter(last.position, this.knownHead)) this.knownHead = last.position;
      const oldest = page.at(-1);
      if (last !== undefined) return last.position;
      if (oldest === undefined || page.length < maxCount) return START;
      if (!isAfter(oldest.position, this.knownHead)) return this.knownHead;
      fromPosition = oldest.position;
      maxCount = Math.min(maxCount * 4, KURRENT_LIMITS.headPageEventsMax);
    }
  }

  private async page(page: Page): Promise<AllStreamRecordedEvent[]> {
    const { client, reads } = this.shared;
    const read = async (): Promise<AllStreamRecordedEvent[]> => {
      const resolved = await collectRead(client.readAll({ ...page, requiresLeader: true }), this.timeoutMs);
      return (resolved ?? []).flatMap(({ event }) => (event === undefined ? [] : [event]));
    };
    try {
      return await reads.take(read);
    } catch (error) {
      throw asReadError(error, '$all');
    }
  }
}
