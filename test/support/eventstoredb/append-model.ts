import { NO_STREAM } from '@app/event-store';
import type { AppendOutcome, StoredEvent, StreamAppend } from '@app/event-store';

/** What a caller may believe of a store: what was acknowledged, at which revisions, and what was ever sent. */
export class AppendModel {
  readonly sent: StreamAppend[] = [];
  readonly violations: string[] = [];
  /** The last revision of a stream that an answer named. */
  readonly lastKnown = new Map<string, bigint>();
  /** By stream and revision, the id that an acknowledgement put there. */
  private readonly acknowledged = new Map<string, Map<bigint, string>>();

  /** Takes an answer. Two acknowledgements never claim one place for different events. */
  take({ stream, expectedRevision, events }: StreamAppend, outcome: AppendOutcome): void {
    if (outcome.kind === 'conflict') return void this.lastKnown.set(stream, outcome.actualRevision);
    const last = expectedRevision + BigInt(events.length);
    this.require(outcome.revision === last, `${stream}: acknowledged ${outcome.revision}, not ${last}`);
    const places = this.acknowledged.get(stream) ?? new Map<bigint, string>();
    this.acknowledged.set(stream, places);
    events.forEach(({ id }, nth) => {
      const revision = expectedRevision + BigInt(nth + 1);
      this.require((places.get(revision) ?? id) === id, `${stream}: two events acknowledged at ${revision}`);
      places.set(revision, id);
    });
    const known = this.lastKnown.get(stream) ?? NO_STREAM;
    this.lastKnown.set(stream, last > known ? last : known);
  }

  /** Compares a whole stream: gapless, nothing twice, nothing that was never sent, everything that was acknowledged. */
  check(stream: string, found: readonly StoredEvent[]): void {
    const ids = found.map(({ id }) => id);
    const sentIds = new Set(this.sent.flatMap(({ events }) => events.map(({ id }) => id)));
    this.require(
      found.every(({ revision }, nth) => revision === BigInt(nth)),
      `${stream}: revisions have a gap`,
    );
    this.require(new Set(ids).size === ids.length, `${stream}: an event stands twice`);
    this.require(
      ids.every((id) => sentIds.has(id)),
      `${stream}: an event that nobody sent`,
    );
    for (const [revision, id] of this.acknowledged.get(stream) ?? []) {
      this.require(ids[Number(revision)] === id, `${stream}: the acknowledged event at ${revision} is gone`);
    }
  }

  private require(isTrue: boolean, violation: string): void {
    if (!isTrue) this.violations.push(violation);
  }
}
