import {
  accountEvents,
  ACCOUNT_STREAM_PREFIX,
  catalogEvents,
  chainStart,
  deploymentEvents,
  feedEvents,
  verifyChain,
  type EventCodec,
  type IdentityHasher,
} from '@app/accounts';
import type { StoredEvent } from '@app/event-store';
import { validateCatalog, type AccountEvent } from '@app/metering';
import { LIMITS } from '../limits.js';
import { AccountAudit } from './account-audit.js';
import type { CatalogShelf } from './catalog-shelf.js';
import type { Finding, Report } from './finding.js';

const HASH_FROM = 1;
const HASH_END = 33;

/** One stream, read from its first event: gapless revisions, hash chain and readable events (I5), then what it says. */
export class StreamAudit {
  readonly findings: Finding[] = [];
  /** Beyond those that are listed. */
  unlisted = 0;
  events = 0;
  readonly account: AccountAudit | undefined;
  private revision = -1n;
  private hash: Uint8Array;
  private nextOffset = 0n;

  constructor(
    readonly stream: string,
    hasher: IdentityHasher,
  ) {
    this.hash = chainStart(stream);
    if (stream.startsWith(ACCOUNT_STREAM_PREFIX))
      this.account = new AccountAudit(stream.slice(ACCOUNT_STREAM_PREFIX.length), hasher);
  }

  /** Of the last event taken; -1 before the first. */
  get lastRevision(): bigint {
    return this.revision;
  }

  /** Checks an event; its catalog is to be loaded before (see `catalogVersionOf`). */
  take(stored: StoredEvent, event: AccountEvent | undefined, catalogs: CatalogShelf): void {
    this.events += 1;
    this.checkChain(stored);
    if (this.account === undefined) this.checkOther(stored);
    else if (event !== undefined) {
      const catalog = event.type === 'UsageCharged' ? catalogs.get(event.catalogVersion) : undefined;
      const report = this.reporterAt(stored.revision);
      try {
        this.account.take(event, stored.revision, { catalog, report });
      } catch (error) {
        // Evidence is decoded when it is first read, so that it may turn out to be unreadable only here.
        this.breakOff(stored, error);
      }
    }
  }

  /** Decodes an account's event; undefined (and a finding) where that is not possible, or makes no sense any more. */
  decode(stored: StoredEvent): AccountEvent | undefined {
    if (this.account === undefined || this.account.isBroken) return undefined;
    try {
      return accountEvents.decode(stored).event;
    } catch (error) {
      this.breakOff(stored, error);
      return undefined;
    }
  }

  finish(): void {
    this.account?.finish(this.reporterAt(this.revision));
  }

  report(finding: Finding): void {
    if (this.findings.length < LIMITS.findingsPerStreamMax) this.findings.push(finding);
    else this.unlisted += 1;
  }

  private breakOff(stored: StoredEvent, error: unknown): void {
    const detail = error instanceof Error ? error.message : String(error);
    this.report({ check: 'streams', detail, stream: this.stream, revision: stored.revision });
    if (this.account !== undefined) this.account.isBroken = true;
  }

  private reporterAt(revision: bigint): Report {
    return (finding) => this.report({ ...finding, stream: this.stream, revision });
  }

  private checkChain(stored: StoredEvent): void {
    const report = this.reporterAt(stored.revision);
    const expected = this.revision + 1n;
    if (stored.revision !== expected)
      report({
        check: 'streams',
        detail: `an event is missing or out of order before this one`,
        field: 'revision',
        stored: String(stored.revision),
        recomputed: String(expected),
      });
    const verdict = verifyChain(this.hash, stored);
    if (!verdict.isIntact)
      report({
        check: 'streams',
        detail: `the ${verdict.differs} does not continue the chain`,
        field: verdict.differs,
      });
    // What is behind a break is judged by itself: the next event continues from what this one says.
    this.hash = verdict.isIntact ? verdict.hash : Uint8Array.from(stored.data.subarray(HASH_FROM, HASH_END));
    this.revision = stored.revision;
  }

  private checkOther(stored: StoredEvent): void {
    try {
      this.readOther(stored);
    } catch (error) {
      this.breakOff(stored, error);
    }
  }

  private readOther(stored: StoredEvent): void {
    const report = this.reporterAt(stored.revision);
    if (this.stream === 'catalog') {
      const { version, document } = catalogEvents.decode(stored).event;
      if (BigInt(version) !== stored.revision + 1n || 'errors' in validateCatalog(document))
        report({ check: 'streams', detail: `version ${version} of the catalog is invalid, or not in its place` });
      return;
    }
    if (!this.stream.startsWith('feed-')) {
      if (this.stream === 'deployment') decodeOnly(deploymentEvents, stored);
      return;
    }
    const event = feedEvents.decode(stored).event;
    if (event.type !== 'FeedPositionRecorded') return;
    if (event.nextOffset < this.nextOffset)
      report({
        check: 'offsets',
        detail: 'the position of the partition goes back',
        field: 'nextOffset',
        stored: String(event.nextOffset),
        recomputed: `at least ${this.nextOffset}`,
      });
    this.nextOffset = event.nextOffset;
  }
}

function decodeOnly<E extends { readonly type: string }>(codec: EventCodec<E>, stored: StoredEvent): void {
  codec.decode(stored);
}
