import { ErrorType } from '@eventstore/db-client';
import type { ReadRevision, RecordedEvent } from '@eventstore/db-client';
import type { ReadStreamOptions, StoredEvent } from '../event-store.js';
import { collectRead } from './collect-read.js';
import { withFirstBare } from '../read-options.js';
import { asReadError, isOfType } from './port-errors.js';
import type { SharedClient } from './shared-client.js';
import { toStoredEvent } from './stored-events.js';
import { StreamDeleted } from './stream-deleted.js';

/** A bound beyond it reads the same: revisions are signed on the server. */
const REVISION_MAX = (1n << 53n) - 1n;

interface Page {
  readonly direction: 'forwards' | 'backwards';
  readonly fromRevision: ReadRevision;
  readonly maxCount: number;
}

/** Reads single streams, and finds out that one was deleted or cut: its events then no longer begin at revision 0. */
export class StreamReader {
  constructor(
    private readonly shared: SharedClient,
    private readonly timeoutMs: number,
  ) {}

  /** As the port says. @throws {StreamDeleted | EventStoreUnavailable} */
  async read(stream: string, options: ReadStreamOptions): Promise<readonly StoredEvent[]> {
    const { from, direction, maxCount, isFirstBare } = options;
    if (direction === 'backwards') return this.readBackwards(stream, from, maxCount);
    const first = from === undefined || from < 0n ? 0n : from;
    if (first > REVISION_MAX) return [];
    const found = await this.page(stream, { direction: 'forwards', fromRevision: first, maxCount });
    if (found === undefined) return this.absent(stream);
    const revision = found[0]?.revision ?? first;
    if (revision > first || (found.length === 0 && first === 0n)) {
      throw new StreamDeleted(stream, `is cut: there is nothing at revision ${first}`);
    }
    return isFirstBare === true ? withFirstBare(found) : found;
  }

  private async readBackwards(stream: string, from: bigint | undefined, maxCount: number): Promise<StoredEvent[]> {
    if (from !== undefined && from < 0n) return [];
    const backwards = (fromRevision: ReadRevision): Promise<StoredEvent[] | undefined> =>
      this.page(stream, { direction: 'backwards', fromRevision, maxCount });
    let found = await backwards(from === undefined || from > REVISION_MAX ? 'end' : from);
    // Servers differ in what they find below a revision that lies behind the last one.
    if (found?.length === 0) found = await backwards('end');
    if (found === undefined) return this.absent(stream);
    const last = found.at(-1)?.revision;
    if (last === undefined || (found.length < maxCount && last > 0n)) {
      throw new StreamDeleted(stream, `is cut: there is nothing below revision ${last ?? from ?? 0n}`);
    }
    return found;
  }

  /** A stream that never was has no events; one that was deleted softly only seems so, and would go on where it was. */
  private async absent(stream: string): Promise<StoredEvent[]> {
    const metadata = await this.lastMetadata(stream);
    if (metadata !== undefined && '$tb' in metadata) throw new StreamDeleted(stream, 'was deleted');
    return [];
  }

  private async lastMetadata(stream: string): Promise<object | undefined> {
    try {
      const page: Page = { direction: 'backwards', fromRevision: 'end', maxCount: 1 };
      const [event] = (await this.collect(`$$${stream}`, page)) ?? [];
      return event?.isJson === true && typeof event.data === 'object' ? event.data : undefined;
    } catch (error) {
      // Who may not see it learns of the deletion from the first append.
      if (isOfType(error, ErrorType.ACCESS_DENIED)) return undefined;
      throw asReadError(error, stream);
    }
  }

  private async page(stream: string, page: Page): Promise<StoredEvent[] | undefined> {
    try {
      return (await this.collect(stream, page))?.map(toStoredEvent);
    } catch (error) {
      throw asReadError(error, stream);
    }
  }

  private async collect(stream: string, page: Page): Promise<RecordedEvent[] | undefined> {
    const { client, reads } = this.shared;
    const read = async (): Promise<RecordedEvent[] | undefined> => {
      const resolved = await collectRead(client.readStream(stream, { ...page, requiresLeader: true }), this.timeoutMs);
      return resolved?.flatMap(({ event }) => (event === undefined ? [] : [event]));
    };
    return reads.take(read);
  }
}
