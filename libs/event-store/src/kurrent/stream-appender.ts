import { binaryEvent, ErrorType, WrongExpectedVersionError } from '@eventstore/db-client';
import type { AppendResult } from '@eventstore/db-client';
import { EventStoreUnavailable, NO_STREAM } from '../event-store.js';
import type { AppendOutcome, StoredEvent, StreamAppend } from '../event-store.js';
import { asAppendError, isOfType } from './port-errors.js';
import type { SharedClient } from './shared-client.js';
import { StreamDeleted } from './stream-deleted.js';
import type { StreamReader } from './stream-reader.js';
import { withTimeout } from './with-timeout.js';

/** How much longer than the call's own deadline a promise of the client may take. */
const GRACE_MS = 1_000;

/** Appends to many streams, a bounded number at once; each stream's append is a call of its own. */
export class StreamAppender {
  constructor(
    private readonly shared: SharedClient,
    private readonly reader: StreamReader,
    private readonly timeoutMs: number,
  ) {}

  /** Settles when every stream's append has. @throws as the port, and {StreamDeleted} */
  async append(appends: readonly StreamAppend[]): Promise<AppendOutcome[]> {
    let isLost = false;
    const appendInTurn = async (append: StreamAppend): Promise<AppendOutcome> => {
      // Once one outcome is unknown so is the call's: a store that does not answer is not asked ten thousand times.
      if (isLost) throw new EventStoreUnavailable('not tried, since the append of another stream failed');
      try {
        return await this.appendOne(append);
      } catch (error) {
        isLost ||= error instanceof EventStoreUnavailable;
        throw error;
      }
    };
    const settled = await Promise.allSettled(
      appends.map((append) => this.shared.appends.take(() => appendInTurn(append))),
    );
    const outcomes: AppendOutcome[] = [];
    const failures: unknown[] = [];
    for (const result of settled) {
      if (result.status === 'fulfilled') outcomes.push(result.value);
      else failures.push(result.reason);
    }
    // An unknown outcome comes first: whoever reloads for it meets the others' reasons too.
    if (failures.length > 0) throw failures.find((one) => one instanceof EventStoreUnavailable) ?? failures[0];
    return outcomes;
  }

  private async appendOne(append: StreamAppend): Promise<AppendOutcome> {
    const { stream, expectedRevision, events } = append;
    try {
      return await this.toOutcome(append, await withTimeout(this.call(append), this.timeoutMs + GRACE_MS));
    } catch (error) {
      if (!isOfType(error, ErrorType.WRONG_EXPECTED_VERSION) || !(error instanceof WrongExpectedVersionError)) {
        throw asAppendError(error, stream);
      }
      const actual = error.actualVersion;
      const actualRevision = typeof actual === 'bigint' ? actual : NO_STREAM;
      const conflict: AppendOutcome = { kind: 'conflict', stream, actualRevision };
      if (actualRevision < expectedRevision + BigInt(events.length)) return conflict;
      // What this server calls a conflict may still be a repetition: the events decide, not the server's memory.
      return (await this.repeated(append)) ?? conflict;
    }
  }

  private async call({ stream, expectedRevision, events }: StreamAppend): Promise<AppendResult> {
    const { client, connection } = this.shared;
    const data = events.map((event) => binaryEvent({ id: event.id.toLowerCase(), type: event.type, data: event.data }));
    return client.appendToStream(stream, data, {
      expectedRevision: expectedRevision === NO_STREAM ? 'no_stream' : expectedRevision,
      requiresLeader: true,
      deadline: this.timeoutMs,
      // Per call, since that selects a call of its own. The other path keeps the pending appends of all clients of a
      // process in one map: there one broken connection rejects, or never answers, the appends of another.
      credentials: connection.credentials,
    });
  }

  private async toOutcome(append: StreamAppend, result: AppendResult): Promise<AppendOutcome> {
    const { stream, expectedRevision, events } = append;
    const revision = expectedRevision + BigInt(events.length);
    if (result.nextExpectedRevision !== revision) {
      throw new StreamDeleted(stream, `was deleted before: its revisions go on at ${result.nextExpectedRevision}`);
    }
    const position = result.position ?? (await this.lastOf(append))?.position;
    if (position === undefined) throw new EventStoreUnavailable('the server said nothing of the position');
    return { kind: 'appended', stream, revision, position };
  }

  /** The outcome of the first append of the very same events at this revision; undefined when it never happened. */
  private async repeated(append: StreamAppend): Promise<AppendOutcome | undefined> {
    const { stream, expectedRevision, events } = append;
    const there = await this.reader.read(stream, { from: expectedRevision + 1n, maxCount: events.length });
    const last = there.at(-1);
    if (last === undefined || !events.every(({ id }, nth) => there[nth]?.id === id.toLowerCase())) return undefined;
    return { kind: 'appended', stream, revision: last.revision, position: last.position };
  }

  private async lastOf({ stream, expectedRevision, events }: StreamAppend): Promise<StoredEvent | undefined> {
    const [last] = await this.reader.read(stream, { from: expectedRevision + BigInt(events.length), maxCount: 1 });
    return last;
  }
}
