import type { IdentityHasher } from '@app/accounts';
import type { EventStore, GlobalPosition, StoredEvent } from '@app/event-store';
import { LIMITS } from '../limits.js';
import { CatalogShelf } from './catalog-shelf.js';
import { eventPages } from './event-pages.js';
import type { Findings } from './finding.js';
import { halvesOf, isInShare, SHARE_BITS_MAX, type Share } from './share.js';
import { StreamAudit } from './stream-audit.js';

export interface StreamsAuditOptions {
  readonly store: EventStore;
  /** Keys the identity hashes; undefined where no deployment has been made yet. */
  readonly hasher: IdentityHasher;
  readonly findings: Findings;
  readonly share: Share;
  /** The end of what is audited, so that live traffic does not disturb. */
  readonly until: GlobalPosition;
  /** Only these streams; absent: all of the share, in their global order. */
  readonly only?: readonly string[];
  /** Positions count one by one (Postgres): a hole is an event that was removed. */
  readonly hasGaplessPositions: boolean;
  /** Called for each stream that was read to its end. */
  readonly onStream: (audit: StreamAudit) => Promise<void>;
  readonly limits?: { readonly accountsMax: number; readonly identitiesMax: number };
}

export interface StreamsAuditCounts {
  streams: number;
  events: number;
  usageEvents: number;
  lines: number;
  organisations: number;
  balances: number;
  /** Passes over the streams: more than one where not all accounts fit into memory. */
  passes: number;
}

/**
 * Reads all streams in their global order, in as many passes as memory asks for, and checks each stream of its share by
 * itself.
 */
export class StreamsAudit {
  readonly counts: StreamsAuditCounts = {
    streams: 0,
    events: 0,
    usageEvents: 0,
    lines: 0,
    organisations: 0,
    balances: 0,
    passes: 0,
  };
  private readonly catalogs: CatalogShelf;
  private readonly waiting: Share[];
  private readonly audits = new Map<string, StreamAudit>();

  constructor(private readonly options: StreamsAuditOptions) {
    this.catalogs = new CatalogShelf(options.store);
    this.waiting = [options.share];
  }

  async run(): Promise<StreamsAuditCounts> {
    for (let share = this.waiting.pop(); share !== undefined; share = this.waiting.pop()) {
      this.counts.passes += 1;
      await this.pass(share, this.options.until);
      for (const audit of this.audits.values()) await this.conclude(audit);
      this.audits.clear();
    }
    return this.counts;
  }

  private async pass(whole: Share, until: GlobalPosition): Promise<void> {
    const { store, only } = this.options;
    if (only !== undefined) {
      for (const stream of only)
        for await (const page of eventPages(store, { stream })) for (const stored of page) await this.take(stored);
      return;
    }
    let share = whole;
    let lastPosition = 0n;
    const isFirst = this.counts.passes === 1;
    for await (const page of eventPages(store, { until })) {
      for (const stored of page) {
        if (isFirst) lastPosition = this.checkPosition(stored, lastPosition);
        if (isInShare(stored.stream, share)) await this.take(stored);
      }
      if (this.isFull && share.bits < SHARE_BITS_MAX) share = this.split(share);
    }
    if (isFirst && this.options.hasGaplessPositions && lastPosition !== until.commit)
      this.options.findings.add({
        check: 'streams',
        detail: 'the last events are missing',
        field: 'position',
        stored: String(lastPosition),
        recomputed: String(until.commit),
      });
  }

  private async take(stored: StoredEvent): Promise<void> {
    let audit = this.audits.get(stored.stream);
    if (audit === undefined) {
      audit = new StreamAudit(stored.stream, this.options.hasher);
      this.audits.set(stored.stream, audit);
    }
    const event = audit.decode(stored);
    if (event?.type === 'UsageCharged' && !this.catalogs.has(event.catalogVersion))
      await this.catalogs.load(event.catalogVersion);
    audit.take(stored, event, this.catalogs);
  }

  private checkPosition(stored: StoredEvent, last: bigint): bigint {
    const { commit } = stored.position;
    if (this.options.hasGaplessPositions && commit !== last + 1n)
      this.options.findings.add({
        check: 'streams',
        detail: `events were removed before this one`,
        stream: stored.stream,
        revision: stored.revision,
        field: 'position',
        stored: String(commit),
        recomputed: String(last + 1n),
      });
    return commit;
  }

  private get isFull(): boolean {
    const { accountsMax, identitiesMax } = this.options.limits ?? LIMITS;
    if (this.audits.size > accountsMax) return true;
    let identities = 0;
    for (const { account } of this.audits.values()) identities += account?.identityCount ?? 0;
    return identities > identitiesMax;
  }

  /** Keeps one half; the other half's streams are read again from their beginning, in another pass. */
  private split(share: Share): Share {
    const [kept, later] = halvesOf(share);
    this.waiting.push(later);
    for (const stream of this.audits.keys()) if (!isInShare(stream, kept)) this.audits.delete(stream);
    return kept;
  }

  private async conclude(audit: StreamAudit): Promise<void> {
    audit.finish();
    await this.options.onStream(audit);
    const { counts } = this;
    counts.streams += 1;
    counts.events += audit.events;
    if (audit.account !== undefined) {
      counts.organisations += 1;
      counts.usageEvents += audit.account.usageEvents;
      counts.lines += audit.account.lines;
      counts.balances += audit.account.balanceCount;
    }
    for (const finding of audit.findings) this.options.findings.add(finding);
    if (audit.unlisted > 0) this.options.findings.addUnlisted('streams', audit.unlisted);
  }
}
