import type { Plan } from '../../catalog/index.js';
import type { AccountOpened, FeedRange, QuarantinedRecord } from '../account-events.js';
import type { AccountState } from '../account-state.js';
import { advance } from '../passing-time/advance.js';
import { ChargeBuilder } from './charge-builder.js';
import { chargeMeters } from './charge-meters.js';
import { Drafting } from '../drafting.js';
import { UsageMeasure, type Refusal } from './measure-usage.js';
import { openingOf } from '../passing-time/opening.js';
import { quarantinedRecord } from './quarantined-record.js';
import {
  isEvent,
  type EventRecord,
  type UsageContext,
  type UsageCounts,
  type UsageDecision,
  type UsageRecord,
} from './usage-record.js';
import { ledgerTimeWith, placeNow, placeOf, type Place } from './usage-time.js';

/**
 * Decides the records of one account and partition, in offset order: duplicates, quarantine, time, charges, draws,
 * thresholds. Mutates the draft; the events say all that it did: without events it is as it was. The same in any
 * batches (I12).
 */
export function decideUsage(
  draft: AccountState,
  records: readonly UsageRecord[],
  context: UsageContext,
): UsageDecision {
  return new UsageFold(draft, context).decide(records);
}

class UsageFold {
  private readonly drafting: Drafting;
  private readonly measure: UsageMeasure;
  /** Of the `UsageCharged` that is being gathered. */
  private builder: ChargeBuilder | undefined;
  private range: { first: bigint; last: bigint } | undefined;
  private readonly quarantined: QuarantinedRecord[] = [];
  private readonly counts: UsageCounts = { charged: 0, late: 0, adjusted: 0, duplicates: 0, quarantined: 0 };

  constructor(
    draft: AccountState,
    private readonly context: UsageContext,
  ) {
    this.drafting = new Drafting(draft, context.catalog, context.nextRevision);
    this.measure = new UsageMeasure(context.catalog);
  }

  decide(records: readonly UsageRecord[]): UsageDecision {
    let decided = 0;
    for (const record of records) {
      if (!this.decideRecord(record)) break;
      decided += 1;
    }
    this.flush();
    const unhosted = this.hostQuarantined();
    return { events: this.drafting.events, unhosted, decided, counts: this.counts };
  }

  /** False when time has to advance further than this append may; the record is then not decided. */
  private decideRecord(record: UsageRecord): boolean {
    if (!isEvent(record)) {
      if (record.content.kind === 'refused') this.quarantine(record, record.content);
      return true;
    }
    const { event, hash } = record.content;
    const ledgerMs = ledgerTimeWith(this.drafting.wallet, record);
    const seen = this.context.known.find(hash, event.timeMs, ledgerMs);
    if (seen === 'duplicate') {
      this.counts.duplicates += 1;
      return true;
    }
    if (seen !== 'new') {
      const detail = 'an event with this source and id, but other content, was charged before';
      this.quarantine(record, { reason: 'Conflict', detail, first: seen.conflictWith });
      return true;
    }
    const place = placeOf(this.drafting.wallet, record, ledgerMs, this.context);
    if ('reason' in place) {
      this.quarantine(record, place);
      return true;
    }
    const refusal = this.measure.read(event, place);
    if (refusal !== undefined) {
      this.quarantine(record, refusal);
      return true;
    }
    if (!this.advanceTo(record, ledgerMs, place)) return false;
    this.charge(record, placeNow(this.drafting.wallet, place));
    return true;
  }

  /** Opens the account, starts its live clock, and passes every instant that is due. */
  private advanceTo(record: EventRecord, ledgerMs: number, place: Place): boolean {
    const { drafting } = this;
    const isSilent = record.mode === 'history';
    if (!drafting.wallet.isOpen) {
      const plan = this.context.catalog.defaultPlan;
      if (plan !== undefined) drafting.push(this.openByUsage(record, plan, place));
    }
    if (drafting.wallet.clock === 'history' && record.mode === 'live') {
      this.flush();
      drafting.push({ type: 'LiveClockStarted', atMs: drafting.wallet.ledgerTimeMs, entries: [] });
    }
    if (drafting.dueMs > ledgerMs) return true;
    this.flush();
    return advance(drafting, ledgerMs, isSilent);
  }

  /** An account that opens by its first usage opens at the start of the cycle that contains it. */
  private openByUsage(record: EventRecord, plan: Plan, { cycle }: Place): AccountOpened {
    return openingOf(plan, {
      organisation: record.content.event.organisation,
      catalogVersion: this.context.catalog.version,
      revision: this.drafting.nextRevision,
      anchorDay: 1,
      openedAtMs: cycle.startMs,
      cycle,
      clock: record.mode === 'live' ? 'live' : 'history',
      atMs: cycle.startMs,
    });
  }

  private charge(record: EventRecord, place: Place): void {
    const { drafting, measure } = this;
    const { event, hash } = record.content;
    let { builder } = this;
    if (builder?.revision !== drafting.nextRevision) builder = this.builder = new ChargeBuilder(drafting.nextRevision);
    drafting.lookAhead();
    drafting.wallet.ledgerTimeMs = ledgerTimeWith(drafting.wallet, record);
    const dimensions = builder.dimensionsOf(drafting.catalog.dimensions, measure.values);
    const movedNanos = chargeMeters(drafting, builder, { event, measure, place, dimensions });
    builder.addEvent(record, place.usageTimeMs, dimensions);
    const { offset } = record;
    this.context.known.add(hash, event.timeMs);
    this.range ??= { first: offset, last: offset };
    this.range.last = offset;
    this.counts[place.outcome] += 1;
    this.react(record, builder, movedNanos);
    if (builder.isFull) this.flush();
  }

  /** A crossing follows the usage event that made it: what was folded so far is written before it. */
  private react(record: EventRecord, builder: ChargeBuilder, movedNanos: number): void {
    const isQuiet = this.drafting.isQuietAfter(movedNanos);
    if (isQuiet && builder.budgetsOf(this.drafting).isQuiet) return;
    this.settle(builder);
    const { source, id } = record.content.event;
    const by = { kind: 'usage', source, id, offset: record.offset } as const;
    const isSilent = record.mode === 'history';
    if (!this.drafting.wouldReact(by, isSilent)) return;
    this.flush();
    this.drafting.react(by, isSilent);
  }

  /** Ends the `UsageCharged` that is being gathered. */
  private flush(): void {
    const { builder, range } = this;
    if (range === undefined || builder === undefined || builder.isEmpty) return;
    const { catalog, feed } = this.context;
    this.settle(builder);
    const event = builder.finish({
      atMs: this.drafting.wallet.ledgerTimeMs,
      feed: this.rangeOf(feed, range),
      catalogVersion: catalog.version,
    });
    this.range = undefined;
    this.builder = undefined;
    this.drafting.pushFolded(event);
  }

  /** Puts into the draft what was folded in plain numbers. */
  private settle(builder: ChargeBuilder): void {
    builder.settle(this.drafting.draft);
    builder.budgetsOf(this.drafting).settle();
  }

  private rangeOf(feed: UsageContext['feed'], range: { first: bigint; last: bigint }): FeedRange {
    return { topic: feed.topic, generation: feed.generation, partition: feed.partition, ...range };
  }

  private quarantine(record: UsageRecord, refusal: Refusal & { first?: string }): void {
    this.quarantined.push(quarantinedRecord(record, refusal, this.context.feed));
    this.counts.quarantined += 1;
  }

  /** Quarantine lies in the account's stream, beside the offset that decides it; without an account, in the partition's. */
  private hostQuarantined(): readonly QuarantinedRecord[] {
    const [first] = this.quarantined;
    const last = this.quarantined.at(-1);
    if (first === undefined || last === undefined) return [];
    if (!this.drafting.wallet.isOpen) return this.quarantined;
    this.drafting.push({
      type: 'UsageQuarantined',
      atMs: this.drafting.wallet.ledgerTimeMs,
      entries: [],
      feed: this.rangeOf(this.context.feed, { first: first.offset, last: last.offset }),
      records: this.quarantined,
    });
    return [];
  }
}
