import { feedKey, usageColumnsOf, type AccountEvent, type AmountColumn, type FeedRange } from '@app/metering';
import type { Report } from './finding.js';

interface Decided {
  charged: bigint;
  quarantined: bigint;
}

/**
 * I4: the offsets that an account's stream decided ascend within each (topic, generation, partition), and lie within
 * the ranges that their events state. One decision writes its charges before its quarantine, whose offsets lie between.
 */
export class OffsetAudit {
  private readonly decided = new Map<string, Decided>();

  take(event: AccountEvent, report: Report): void {
    if (event.type === 'UsageCharged') {
      if (event.feed === null) return;
      const known = this.decidedOf(event.feed);
      const before = known.charged > known.quarantined ? known.charged : known.quarantined;
      const { offsets } = usageColumnsOf(event).evidence;
      const last = isAscending(event.feed, before, offsets)
        ? offsets.at(offsets.length - 1)
        : ascending(event.feed, before, offsets.toBigints(), report);
      known.charged = last > known.charged ? last : known.charged;
    }
    if (event.type === 'UsageQuarantined') {
      const known = this.decidedOf(event.feed);
      const last = ascending(
        event.feed,
        known.quarantined,
        event.records.map(({ offset }) => offset),
        report,
      );
      known.quarantined = last > known.quarantined ? last : known.quarantined;
    }
  }

  private decidedOf(feed: FeedRange): Decided {
    const key = feedKey(feed);
    let known = this.decided.get(key);
    if (known === undefined) this.decided.set(key, (known = { charged: -1n, quarantined: -1n }));
    return known;
  }
}

/** Whether there is nothing to report, in plain numbers; false where these do not tell. */
function isAscending(feed: FeedRange, before: bigint, offsets: AmountColumn): boolean {
  const { small, length } = offsets;
  if (small === null || length === 0) return false;
  for (let index = 1; index < length; index += 1) if (!((small[index - 1] ?? 0) < (small[index] ?? 0))) return false;
  const [first, last] = [offsets.at(0), offsets.at(length - 1)];
  return first > before && first >= feed.first && last <= feed.last;
}

/** The largest offset so far, and a finding of each that is decided again or lies outside of the feed's range. */
function ascending(feed: FeedRange, before: bigint, offsets: readonly bigint[], report: Report): bigint {
  let last = before;
  for (const offset of offsets) {
    if (offset <= last) {
      const detail = `offset ${offset} of ${feedKey(feed)} is decided again`;
      report({ check: 'offsets', detail, field: 'offset', stored: String(offset), recomputed: `above ${last}` });
    }
    if (offset < feed.first || offset > feed.last)
      report({ check: 'offsets', detail: `offset ${offset} lies outside of ${feed.first} to ${feed.last}` });
    last = offset > last ? offset : last;
  }
  return last;
}
