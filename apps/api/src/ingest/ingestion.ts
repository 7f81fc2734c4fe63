import { AccountBroken } from '@app/accounts';
import { checkStructuredEvent, FOREIGN_SUBJECT } from '@app/metering';
import type { Catalog, UsageEvent } from '@app/metering';
import { ADJUST_HEADER, CONTENT_TYPE_HEADER, STRUCTURED_EVENT_TYPE } from '@app/usage-feed';
import type { PublishRecord, UsageFeed } from '@app/usage-feed';
import { Problem } from '../edge/problem.js';
import type { ProblemItem } from '../edge/problem.js';
import { LIMITS } from '../limits.js';
import type { Topics } from '../topics.js';
import type { AccountTerms } from './account-terms.js';
import { checkUsage } from './check-usage.js';
import type { UsageCheck } from './check-usage.js';
import type { ReadItem } from './read-events.js';
import type { TermsCache } from './terms-cache.js';

export interface IngestionParts {
  readonly feed: UsageFeed;
  readonly topics: Topics;
  readonly terms: TermsCache;
  readonly isParked: (organisation: string) => boolean;
  /** The current catalog; undefined before the first one is published. */
  readonly catalog: () => Catalog | undefined;
  readonly nowMs: () => number;
}

/** Who sends, and by which rules the usage is taken. */
export interface Sending {
  /** Of a key that is bound to one organisation; null takes any subject. */
  readonly organisation: string | null;
  readonly mode: 'live' | 'history';
  readonly isAdjusting: boolean;
}

interface Candidate {
  readonly event: UsageEvent;
  /** The event as it was sent: what was checked is what the aggregator will read. */
  readonly bytes: Uint8Array;
}

/** Usage over HTTP: validated by the aggregator's own rules, accepted or refused whole, published to the feed. */
export class Ingestion {
  constructor(private readonly parts: IngestionParts) {}

  /**
   * The number of events, when all of them are durable in the feed.
   * @throws Problem InvalidEvents, with one error per faulty item; FeedUnavailable
   */
  async accept(items: readonly ReadItem[], sending: Sending): Promise<number> {
    if (items.length === 0) {
      throw Problem.of('InvalidEvents', 'The batch is empty', {
        errors: [{ pointer: '', code: 'Empty', detail: 'the batch is empty' }],
      });
    }
    const errors: ProblemItem[] = [];
    const candidates: Candidate[] = [];
    const catalog = this.parts.catalog();
    const check = catalog && { catalog, mode: sending.mode, nowMs: this.parts.nowMs() };
    const reads = items.map((item) => readEvent(item, sending.organisation));
    if (check) await this.#rememberTerms(reads, check.nowMs);
    for (const [index, read] of reads.entries()) {
      let error = 'error' in read ? read.error : this.#refusalOf(read.event, check);
      // Waiting where nothing is awaited would cost more than the checks themselves.
      if (error instanceof Promise) error = await error;
      if (error) errors.push({ index, ...error });
      else if ('event' in read) candidates.push(read);
    }
    if (errors.length > 0) throw refused(errors, items.length);
    await this.#publish(candidates, sending);
    return candidates.length;
  }

  /** What is remembered of an account's terms does not hold any more. */
  forgetTerms(organisation: string): void {
    this.parts.terms.forget(organisation);
  }

  /** Terms that are not known yet, of several accounts at once: one by one each would wait for all before it. */
  async #rememberTerms(reads: readonly EventRead[], nowMs: number): Promise<void> {
    const { terms, isParked } = this.parts;
    const unknown = new Set<string>();
    for (const read of reads) {
      if ('error' in read) continue;
      const { organisation } = read.event;
      if (terms.peek(organisation, nowMs) === undefined && !isParked(organisation)) unknown.add(organisation);
    }
    const organisations = unknown.values();
    const loadInTurn = async (): Promise<void> => {
      // What cannot be loaded is asked for once more by the check of its event, which says what that means.
      for (const organisation of organisations)
        await terms.load(organisation, { isFresh: false }).catch(() => undefined);
    };
    await Promise.all(Array.from({ length: Math.min(unknown.size, LIMITS.termsLoadedAtOnceMax) }, loadInTurn));
  }

  #refusalOf(event: UsageEvent, check: UsageCheck | undefined): Promise<ItemError | null> | ItemError | null {
    if (!check) return { pointer: '/type', code: 'UnknownEventType', detail: 'no catalog has been published yet' };
    // Its records are kept as they are: they are judged when the account can be decided again.
    if (this.parts.isParked(event.organisation)) return null;
    const known = this.parts.terms.peek(event.organisation, check.nowMs);
    if (known !== undefined && checkUsage(event, known, check) === null) return null;
    return this.#confirmedRefusal(event, check, known);
  }

  async #confirmedRefusal(
    event: UsageEvent,
    check: UsageCheck,
    known: AccountTerms | null | undefined,
  ): Promise<ItemError | null> {
    let isFresh = known !== undefined;
    for (;;) {
      const terms = await this.#termsOf(event.organisation, isFresh);
      if (terms === 'unknown') return null;
      const refusal = checkUsage(event, terms, check);
      if (!refusal || isFresh) {
        if (!refusal) return null;
        const { reason: code, detail, pointer = '' } = refusal;
        return { pointer, code, detail };
      }
      isFresh = true;
    }
  }

  /** An account that cannot be read is about to be parked: its usage must not hold up what is sent with it (I9). */
  async #termsOf(organisation: string, isFresh: boolean): Promise<AccountTerms | null | 'unknown'> {
    try {
      return await this.parts.terms.load(organisation, { isFresh });
    } catch (error) {
      if (error instanceof AccountBroken) return 'unknown';
      throw error;
    }
  }

  async #publish(candidates: readonly Candidate[], { mode, isAdjusting }: Sending): Promise<void> {
    const { feed, topics } = this.parts;
    const isHistory = mode === 'history';
    const keys = new Map<string, Uint8Array>();
    const headers = isHistory && isAdjusting ? ADJUSTING_HEADERS : HEADERS;
    const records = candidates.map(({ event, bytes }): PublishRecord => {
      let key = keys.get(event.organisation);
      if (key === undefined) keys.set(event.organisation, (key = Buffer.from(event.organisation, 'utf8')));
      const record = { key, value: bytes, headers };
      return isHistory ? { ...record, timestampMs: event.timeMs } : record;
    });
    await feed.publish(isHistory ? topics.backfill : topics.live, records);
  }
}

const HEADERS = { [CONTENT_TYPE_HEADER]: [Buffer.from(STRUCTURED_EVENT_TYPE)] } as const;
const ADJUSTING_HEADERS = { ...HEADERS, [ADJUST_HEADER]: [Buffer.from('true')] } as const;

type ItemError = Omit<ProblemItem, 'index'>;

type EventRead = Candidate | { readonly error: ItemError };

function readEvent(item: ReadItem, organisation: string | null): EventRead {
  if ('code' in item) return { error: { pointer: item.pointer, code: item.code, detail: item.detail } };
  const checked = checkStructuredEvent(item.value);
  if ('errors' in checked) {
    const [first] = checked.errors;
    if (!first) throw new Error('An event that is refused has an error.');
    // A missing field is told as such; everything else by what a record would be quarantined for.
    const code = first.reason === 'InvalidEvent' ? first.code : first.reason;
    return { error: { pointer: first.pointer, code, detail: checked.errors.map((each) => each.detail).join('; ') } };
  }
  const { event } = checked;
  if (organisation !== null && event.organisation !== organisation) {
    return {
      error: {
        pointer: '/subject',
        code: FOREIGN_SUBJECT,
        detail: 'this key may send usage of its own organisation only',
      },
    };
  }
  return { event, bytes: item.bytes };
}

function refused(errors: readonly ProblemItem[], count: number): Problem {
  const [one, are] = errors.length === 1 ? ['1', 'is'] : [String(errors.length), 'are'];
  const detail = `${one} of ${count} ${count === 1 ? 'event' : 'events'} ${are} invalid; none was accepted`;
  return Problem.of('InvalidEvents', detail, { errors: errors.slice(0, LIMITS.errorsMax) });
}
