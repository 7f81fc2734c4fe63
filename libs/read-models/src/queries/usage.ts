import { DAY_MS, formatCredits, formatQuantity, formatTime, HOUR_MS } from '@app/metering';
import type { PageRequest, UsageItem, UsageWindowName } from './answers.js';
import { checkLimit, pageOf, readCursor, wholeNumber } from './cursor.js';
import { partsOf, type Range } from './consumption.js';
import { scanAccount } from './segment-scan.js';
import type { Snapshot } from './snapshot-reader.js';
import type { Segment } from '../usage-lane/segment.js';
import { eventsOf } from '../usage-lane/sums.js';
import { UsageGroups, type Group, type Grouping } from './usage-groups.js';
import { dimensionOfDays, figuresOfDays, type DayFigures } from './usage-days.js';
import { windowAt, type Window } from './usage-windows.js';

/** Usage by usage time in [fromMs, toMs), both on whole hours. */
export interface UsageRequest extends PageRequest, Grouping {
  readonly fromMs: number;
  readonly toMs: number;
  /** Null: one item a group for the whole range. */
  readonly window: UsageWindowName | null;
}

interface Found extends Window {
  readonly group: Group;
}

/** Windows newest first, the groups of one in the order of their values. @throws {UnknownCursor | TooManyGroups} */
export async function listUsage(snapshot: Snapshot, account: number | null, request: UsageRequest) {
  const { limit, after } = request;
  checkLimit(limit);
  const found: Found[] = [];
  const place = after === undefined ? undefined : placeOf(after);
  if (account !== null)
    for await (const item of itemsOf(snapshot, account, request, place)) {
      found.push(item);
      if (found.length > limit) break;
    }
  const page = pageOf(found, limit, ({ startMs, group }) => [startMs, group.key]);
  return { next: page.next, items: page.items.map((item) => itemAnswer(item, request)) };
}

interface Place {
  readonly startMs: number;
  readonly key: string;
}

function placeOf(cursor: string): Place {
  const [start, key = ''] = readCursor(cursor, 2);
  return { startMs: Number(wholeNumber(start)), key };
}

async function* itemsOf(
  snapshot: Snapshot,
  account: number,
  request: UsageRequest,
  place: Place | undefined,
): AsyncGenerator<Found> {
  // What lies after the cursor's window was on earlier pages: it is not read again.
  const toMs = place === undefined ? request.toMs : Math.min(request.toMs, windowAt(request, place.startMs).endMs);
  const windows = new OpenWindows(request);
  if (toMs <= request.fromMs) return;
  for await (const portion of portionsOf(snapshot, account, request, toMs)) {
    yield* behind(windows.endedAfter(portion.newestDay), place);
    portion.addTo(windows);
  }
  yield* behind(windows.endedAfter(Number.NEGATIVE_INFINITY), place);
}

/** Usage of some days, newest first: no portion touches a day that is newer than its own newest. */
interface Portion {
  readonly newestDay: number;
  addTo(windows: OpenWindows): void;
}

/** Whole days from the daily sums where these can answer, everything else from segments. */
async function* portionsOf(
  snapshot: Snapshot,
  account: number,
  request: UsageRequest,
  toMs: number,
): AsyncGenerator<Portion> {
  const range = { fromMs: request.fromMs, toMs };
  const dimension = dimensionOfDays(request);
  const { firstDay, lastDay } = partsOf(range);
  if (dimension === undefined || firstDay >= lastDay) {
    yield* segmentsOf(snapshot, account, range);
    return;
  }
  const { groupBy, filter, window } = request;
  yield* segmentsOf(snapshot, account, { fromMs: lastDay * DAY_MS, toMs });
  const asked = { firstDay, lastDay, dimension, filter, window };
  for await (const { newestDay, figures } of figuresOfDays(snapshot, account, asked))
    yield { newestDay, addTo: (windows) => windows.addFigures(figures, groupBy) };
  yield* segmentsOf(snapshot, account, { fromMs: request.fromMs, toMs: firstDay * DAY_MS });
}

async function* segmentsOf(snapshot: Snapshot, account: number, { fromMs, toMs }: Range): AsyncGenerator<Portion> {
  if (fromMs >= toMs) return;
  const days = { firstDay: Math.floor(fromMs / DAY_MS), lastDay: Math.floor((toMs - 1) / DAY_MS) };
  for await (const { day, segment } of scanAccount(snapshot, account, days))
    yield { newestDay: day, addTo: (windows) => windows.add(day, segment, toMs) };
}

function* behind(items: Iterable<Found>, place: Place | undefined): Generator<Found> {
  for (const item of items)
    if (
      place === undefined ||
      item.startMs < place.startMs ||
      (item.startMs === place.startMs && item.group.key > place.key)
    )
      yield item;
}

/** Windows that days still to come (older ones) may add to: those of one day, one month, or the whole range. */
class OpenWindows {
  readonly #open = new Map<number, { readonly window: Window; readonly groups: UsageGroups }>();

  constructor(private readonly request: UsageRequest) {}

  add(day: number, segment: Segment, toMs: number): void {
    const first = Math.max(0, (this.request.fromMs - day * DAY_MS) / HOUR_MS);
    const last = Math.min(24, (toMs - day * DAY_MS) / HOUR_MS);
    if (this.request.window !== 'hour') {
      this.#groupsAt(Math.max(day * DAY_MS, this.request.fromMs)).add(segment, first, last);
      return;
    }
    for (const hour of hoursOf(segment))
      if (hour >= first && hour < last) this.#groupsAt(day * DAY_MS + hour * HOUR_MS).add(segment, hour, hour + 1);
  }

  addFigures(figures: readonly DayFigures[], groupBy: readonly string[]): void {
    for (const { day, meter, value, sums } of figures) {
      const values = groupBy.map((name) => (name === 'meter' ? meter : value));
      this.#groupsAt(Math.max(day * DAY_MS, this.request.fromMs)).addSums(values, sums);
    }
  }

  /** Items of the windows that begin after this day, newest first; they are forgotten. */
  *endedAfter(day: number): Generator<Found> {
    const ended = [...this.#open.entries()].filter(([startMs]) => startMs >= (day + 1) * DAY_MS);
    for (const [startMs, { window, groups }] of ended.toSorted(([one], [other]) => other - one)) {
      this.#open.delete(startMs);
      for (const group of groups.sorted) yield { ...window, group };
    }
  }

  #groupsAt(ms: number): UsageGroups {
    const window = windowAt(this.request, ms);
    let open = this.#open.get(window.startMs);
    if (open === undefined) {
      open = { window, groups: new UsageGroups(this.request) };
      this.#open.set(window.startMs, open);
    }
    return open.groups;
  }
}

function hoursOf({ hour, rows }: Segment): ReadonlySet<number> {
  const hours = new Set<number>();
  for (let row = 0; row < rows; row++) hours.add(hour.at(row));
  return hours;
}

function itemAnswer({ startMs, endMs, group }: Found, { groupBy, filter }: Grouping): UsageItem {
  return {
    start: formatTime(startMs),
    end: formatTime(endMs),
    group: Object.fromEntries(groupBy.map((name, index) => [name, group.values[index] ?? null])),
    events: eventsOf(group.sums, groupBy.includes('meter') || 'meter' in filter),
    quantity: formatQuantity(group.sums.quantityNanos),
    credits: formatCredits(group.sums.creditsNanos),
  };
}
