import type { Check, Finding } from '../audit/finding.js';
import { LIMITS } from '../limits.js';
import { toJson, withCommas, type Terminal } from '../terminal.js';
import type { VerifyReport } from './verify.js';

/** A line a check, then what differs, then the verdict. */
export function printVerify(report: VerifyReport, terminal: Terminal): void {
  for (const { check, findings } of report.checks) {
    const mark = findings === 0 ? 'ok    ' : 'DIFFER';
    const found = findings === 0 ? '' : ` — ${withCommas(findings)} found`;
    terminal.out(`${mark}  ${check.padEnd(13)} ${whatWasChecked(check, report)}${found}`);
  }
  for (const finding of report.findings.slice(0, LIMITS.findingsPrintedMax)) terminal.out(`\n${findingText(finding)}`);
  const unprinted = report.findingsTotal - Math.min(report.findings.length, LIMITS.findingsPrintedMax);
  if (unprinted > 0) terminal.out(`\n… and ${withCommas(unprinted)} more (--json lists up to ${LIMITS.findingsMax}).`);
  const verdict = report.isProven ? 'All is proven' : 'NOT proven';
  const { usageEvents } = report.counts;
  const rate = Math.round((usageEvents * 1_000) / Math.max(1, report.streamsMs));
  terminal.out(
    `\n${verdict}: streams in ${seconds(report.streamsMs)} (${withCommas(rate)} usage events a second), ` +
      `read models in ${seconds(report.readModelsMs)}.`,
  );
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

function whatWasChecked(check: Check, { counts, snapshots, readModels }: VerifyReport): string {
  const n = withCommas;
  switch (check) {
    case 'streams':
      return `${n(counts.events)} events of ${n(counts.streams)} streams: gapless, chained, readable`;
    case 'evidence':
      return `${n(counts.usageEvents)} usage events: lines = groups = draws`;
    case 'rating':
      return `${n(counts.lines)} meter lines charged again from evidence and catalog`;
    case 'conservation':
      return `${n(counts.balances)} balances of ${n(counts.organisations)} organisations, after every event`;
    case 'identities':
      return `${n(counts.usageEvents)} identities, none charged twice`;
    case 'offsets':
      return 'decided offsets ascend in every partition';
    case 'snapshots':
      return `${n(snapshots.compared)} compared, ${n(snapshots.discarded)} unusable (harmless)`;
    case 'read-models':
      return readModels.map(({ lane, position }) => `${lane} at position ${position}`).join(', ');
  }
}

function findingText(finding: Finding): string {
  const { stream, revision, table, key, field, stored, recomputed } = finding;
  const place = [
    ...(stream === undefined ? [] : [`stream ${stream}`]),
    ...(revision === undefined ? [] : [`revision ${revision}`]),
    ...(table === undefined ? [] : [`table ${table}`]),
    ...(key === undefined ? [] : [`key ${key}`]),
    ...(field === undefined ? [] : [`field ${field}`]),
  ].join(', ');
  const values =
    stored === undefined ? '' : `\n    stored:     ${short(stored)}\n    recomputed: ${short(recomputed ?? '')}`;
  return `${finding.check}: ${finding.detail}${place === '' ? '' : `\n    ${place}`}${values}`;
}

/** Rows may be long; people need their beginning. */
const SHOWN_CHARS = 300;
const short = (text: string): string => (text.length <= SHOWN_CHARS ? text : `${text.slice(0, SHOWN_CHARS)}…`);

/** The report for machines; field names are stable. */
export const verifyJson = (report: VerifyReport): string =>
  toJson({
    proven: report.isProven,
    organisation: report.organisation,
    counts: report.counts,
    checks: report.checks,
    snapshots: report.snapshots,
    readModels: report.readModels,
    findingsTotal: report.findingsTotal,
    findings: report.findings,
    durationMs: { streams: report.streamsMs, readModels: report.readModelsMs },
  });
