import { dayOf, hourOf, type UsageCharged } from '@app/metering';
import type { Report } from './finding.js';

/** I13: the sums of the evidence lines are the groups, and the groups of each rate use are its draws and overdraft. */
export function auditEvidence(event: UsageCharged, report: Report): void {
  const { uses, groups, dimensions, evidence } = event;
  // What a cycle's end adds to gauges has groups and no lines.
  if (event.feed !== null) compareGroups(event, report);
  else if (evidence.length > 0) report({ check: 'evidence', detail: 'evidence without a feed' });
  const creditsByUse = uses.map(() => 0n);
  for (const group of groups) {
    if (group.use >= uses.length || group.dimensions >= dimensions.length)
      report({ check: 'evidence', detail: `group of a use or dimensions that are not listed` });
    else creditsByUse[group.use] = (creditsByUse[group.use] ?? 0n) + group.creditsNanos;
  }
  const drawnByUse = uses.map(() => 0n);
  for (const run of event.draws) {
    if (run.use >= uses.length) report({ check: 'evidence', detail: `draw of a use that is not listed` });
    else drawnByUse[run.use] = (drawnByUse[run.use] ?? 0n) + run.amountNanos;
  }
  creditsByUse.forEach((creditsNanos, use) => {
    if (creditsNanos === drawnByUse[use]) return;
    report({
      check: 'evidence',
      detail: `draws of ${uses[use]?.rate ?? use} are not what its groups were charged`,
      field: 'draws',
      stored: String(drawnByUse[use]),
      recomputed: String(creditsNanos),
    });
  });
}

interface Sums {
  events: number;
  firstEvents: number;
  quantityNanos: bigint;
  creditsNanos: bigint;
}

function compareGroups(event: UsageCharged, report: Report): void {
  const { uses, dimensions, groups } = event;
  const keyOf = (use: number, dims: number, hour: number): number =>
    (hour * uses.length + use) * dimensions.length + dims;
  const sums = new Map<number, Sums>();
  const days = new Set<number>();
  for (const line of event.evidence) {
    days.add(dayOf(line.timeMs));
    const hour = hourOf(line.usageTimeMs);
    if (line.lines.length === 0) report({ check: 'evidence', detail: `${line.source} ${line.id} has no meter lines` });
    for (const [place, { use, quantityNanos, creditsNanos }] of line.lines.entries()) {
      const firstEvents = place === 0 ? 1 : 0;
      const key = keyOf(use, line.dimensions, hour);
      const sum = sums.get(key);
      if (sum === undefined) sums.set(key, { events: 1, firstEvents, quantityNanos, creditsNanos });
      else {
        sum.events += 1;
        sum.firstEvents += firstEvents;
        sum.quantityNanos += quantityNanos;
        sum.creditsNanos += creditsNanos;
      }
    }
  }
  for (const group of groups) {
    const key = keyOf(group.use, group.dimensions, group.hour);
    const sum = sums.get(key) ?? { events: 0, firstEvents: 0, quantityNanos: 0n, creditsNanos: 0n };
    sums.delete(key);
    for (const field of ['events', 'firstEvents', 'quantityNanos', 'creditsNanos'] as const) {
      if (group[field] === sum[field]) continue;
      const detail = `a group of ${uses[group.use]?.rate ?? group.use} is not the sum of its lines`;
      report({ check: 'evidence', detail, field, stored: String(group[field]), recomputed: String(sum[field]) });
    }
  }
  if (sums.size > 0) report({ check: 'evidence', detail: `${sums.size} sums of evidence lines have no group` });
  if (days.size !== event.days.length || event.days.some((day) => !days.has(day)))
    report({ check: 'evidence', detail: 'the days of the event are not those of its evidence' });
}
