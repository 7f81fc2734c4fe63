import {
  dayOf,
  usageColumnsOf,
  type GroupsOfUse,
  type GroupTable,
  type UsageCharged,
  type UsageColumns,
} from '@app/metering';
import type { Report } from './finding.js';
import { GroupProof } from './group-proof.js';
import { LineSums, sumLines } from './line-sums.js';

// Auditing an event never waits, so the room of one proof serves all.
const proof = new GroupProof();

/**
 * I13: the sums of the evidence lines are the groups, and the groups of each rate use are its draws and overdraft.
 * Answers whether the former was proven column by column.
 */
export function auditEvidence(event: UsageCharged, report: Report): boolean {
  const { uses } = event;
  const columns = usageColumnsOf(event);
  const { evidence } = columns;
  const areSums = event.feed !== null && proof.areSums(columns, uses.length);
  if (event.feed !== null) {
    if (!areSums) compareGroups(event, columns, report);
    compareDays(event.days, evidence.timesMs, report);
  } else if (evidence.count > 0) {
    // What a cycle's end adds to gauges has groups and no lines.
    report({ check: 'evidence', detail: 'evidence without a feed' });
  }
  if (!areSums) checkPlaces(event, columns, report);
  compareDraws(event, columns.groups, report);
  return areSums;
}

function compareDraws({ uses, draws }: UsageCharged, { byUse }: GroupTable, report: Report): void {
  const drawnByUse = uses.map(() => 0n);
  for (const run of draws) {
    if (run.use >= uses.length) report({ check: 'evidence', detail: `draw of a use that is not listed` });
    else drawnByUse[run.use] = (drawnByUse[run.use] ?? 0n) + run.amountNanos;
  }
  for (let use = 0; use < uses.length; use += 1) {
    const creditsNanos = byUse.get(use)?.credits.sum() ?? 0n;
    if (creditsNanos === drawnByUse[use]) continue;
    report({
      check: 'evidence',
      detail: `draws of ${uses[use]?.rate ?? use} are not what its groups were charged`,
      field: 'draws',
      stored: String(drawnByUse[use]),
      recomputed: String(creditsNanos),
    });
  }
}

function checkPlaces({ uses }: UsageCharged, { groups, dimensions }: UsageColumns, report: Report): void {
  const count = dimensions.nameListNumbers.length;
  for (const [use, own] of groups.byUse)
    if (use >= uses.length || own.dimensions.some((number) => number >= count))
      report({ check: 'evidence', detail: `group of a use or dimensions that are not listed` });
}

function compareGroups(event: UsageCharged, { evidence, groups }: UsageColumns, report: Report): void {
  const lines = sumLines(evidence);
  const found = compareAll(event, { groups, lines }, report);
  for (let index = 0; index < evidence.count; index += 1) {
    const source = evidence.sources.texts[evidence.sourceNumbers[index] ?? 0];
    if ((evidence.patterns.lists[evidence.patternNumbers[index] ?? 0]?.length ?? 0) === 0)
      report({ check: 'evidence', detail: `${source} ${evidence.ids[index]} has no meter lines` });
  }
  const sums = [...lines.values()].reduce((count, own) => count + own.count, 0);
  if (sums > found) report({ check: 'evidence', detail: `${sums - found} sums of evidence lines have no group` });
}

function compareDays(stated: readonly number[], timesMs: readonly number[], report: Report): void {
  const days = daysOf(timesMs);
  if (days.size !== stated.length || stated.some((day) => !days.has(day)))
    report({ check: 'evidence', detail: 'the days of the event are not those of its evidence' });
}

/** Mostly all times are of one day. */
function daysOf(timesMs: readonly number[]): ReadonlySet<number> {
  const days = new Set<number>();
  let last: number | undefined;
  for (let index = 0; index < timesMs.length; index += 1) {
    const day = dayOf(timesMs[index] ?? 0);
    if (day !== last) days.add(day);
    last = day;
  }
  return days;
}

/** Compares each group with the sums of its lines; answers how many of the sums have a group. */
function compareAll(
  { uses }: UsageCharged,
  by: { readonly groups: GroupTable; readonly lines: ReadonlyMap<number, LineSums> },
  report: Report,
): number {
  let found = 0;
  for (const [use, own] of by.groups.byUse) {
    const sums = by.lines.get(use) ?? new LineSums();
    for (let at = 0; at < own.hours.length; at += 1) {
      const row = sums.take(own.hours[at] ?? 0, own.dimensions[at] ?? 0);
      if (row !== undefined) found += 1;
      if (row !== undefined && sums.isSame(row, own, at)) continue;
      compareFields(own, at, sums.figuresAt(row), {
        detail: `a group of ${uses[use]?.rate ?? use} is not the sum of its lines`,
        report,
      });
    }
  }
  return found;
}

function compareFields(
  groups: GroupsOfUse,
  at: number,
  sums: ReturnType<LineSums['figuresAt']>,
  { detail, report }: { readonly detail: string; readonly report: Report },
): void {
  const group = {
    events: groups.events[at] ?? 0,
    firstEvents: groups.firstEvents[at] ?? 0,
    quantityNanos: groups.quantities.at(at),
    creditsNanos: groups.credits.at(at),
  };
  for (const field of ['events', 'firstEvents', 'quantityNanos', 'creditsNanos'] as const)
    if (group[field] !== sums[field])
      report({ check: 'evidence', detail, field, stored: String(group[field]), recomputed: String(sums[field]) });
}
