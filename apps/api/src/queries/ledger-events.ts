import { usageOfEntry, type EntryUsage } from '@app/accounts';
import type { EventStore } from '@app/event-store';
import { formatCredits, formatQuantity, formatTime, parseEntryId, parseSignedCredits } from '@app/metering';
import type { LedgerAnswer, LedgerItem, LedgerRequest, Queries } from '@app/read-models';
import { LIMITS } from '../limits.js';

interface Parts {
  readonly queries: Pick<Queries, 'ledger'>;
  readonly store: EventStore;
}

/** One usage event's part in a deduction, in the shape of a ledger entry. */
interface LedgerEventItem extends LedgerItem {
  /** The entry that it is a part of. */
  readonly entry: string;
  readonly event: { readonly source: string; readonly id: string; readonly time: string };
}

interface LedgerEvents extends Omit<LedgerAnswer, 'items'> {
  readonly items: readonly LedgerEventItem[];
}

/** Where a page ended: an evidence line of an entry. */
interface Mark {
  readonly entry: string;
  readonly lineIndex: number;
}

/**
 * The ledger's deductions by usage event, newest first: each entry that the read models list, with the events that its
 * append's evidence has for it. An event that draws on two pools has an item for each.
 */
export async function ledgerEvents(
  { queries, store }: Parts,
  organisation: string,
  request: LedgerRequest,
): Promise<LedgerEvents | undefined> {
  const { limit, after, ...filters } = request;
  const isOther = request.type !== undefined && request.type !== 'deduction';
  const mark = after === undefined ? undefined : (JSON.parse(after) as Mark);
  const through = mark === undefined ? undefined : parseEntryId(mark.entry);
  const items: LedgerEventItem[] = [];
  let entries: LedgerRequest = { ...filters, type: 'deduction', limit: LIMITS.ledgerEntriesPerRead, through };
  for (;;) {
    const page = await queries.ledger(organisation, entries);
    if (page === undefined || isOther) return page && { ...page, items, next: null };
    const usage = await Promise.all(page.items.map(({ id }) => usageOfEntry(store, organisation, id)));
    for (const item of page.items.flatMap((entry, index) => itemsOf(entry, usage[index] ?? [], { request, mark }))) {
      const last = items.at(-1);
      if (items.length === limit && last !== undefined) return { ...page, items, next: markAt(last) };
      items.push(item);
    }
    if (page.next === null) return { ...page, items, next: null };
    entries = { ...entries, through: undefined, after: page.next };
  }
}

/** An item's id is its entry's and the place of its evidence line. */
function markAt({ id, entry }: LedgerEventItem): string {
  const mark: Mark = { entry, lineIndex: Number(id.slice(entry.length + 1)) };
  return JSON.stringify(mark);
}

function itemsOf(
  entry: LedgerItem,
  usage: readonly EntryUsage[],
  { request, mark }: { readonly request: LedgerRequest; readonly mark: Mark | undefined },
): LedgerEventItem[] {
  // The entry's balance is the one after its last line; going back, each line gives what it took.
  let balanceNanos = entry.balanceAfter === null ? undefined : parseSignedCredits(entry.balanceAfter);
  const items: LedgerEventItem[] = [];
  for (const used of usage.toReversed()) {
    const afterNanos = balanceNanos;
    if (balanceNanos !== undefined) balanceNanos += used.creditsNanos;
    const project = valueOf(used, 'project');
    if (request.project !== undefined && project !== request.project) continue;
    if (mark?.entry === entry.id && used.lineIndex >= mark.lineIndex) continue;
    items.push({
      ...entry,
      id: `${entry.id}-${used.lineIndex}`,
      entry: entry.id,
      event: { source: used.source, id: used.id, time: formatTime(used.timeMs) },
      amount: formatCredits(-used.creditsNanos),
      balanceAfter: afterNanos === undefined ? null : formatCredits(afterNanos),
      resource: { project, session: valueOf(used, 'session') },
      lines: used.lines.map(({ meter, quantityNanos, creditsNanos }) => ({
        meter,
        events: 1,
        quantity: formatQuantity(quantityNanos),
        credits: formatCredits(creditsNanos),
      })),
    });
  }
  return items;
}

const valueOf = ({ dimensions }: EntryUsage, name: string): string | null =>
  dimensions.find(([dimension]) => dimension === name)?.[1] ?? null;
