import { describe, expect, it } from '@jest/globals';
import { LIMITS } from '../limits.js';
import { PartReports } from './part-reports.js';

describe('PartReports', () => {
  it('tells of parts that are not ready and of parts that fell silent, and joins what they measure', () => {
    let nowMs = 0;
    const reports = new PartReports(() => nowMs);
    expect([reports.unready, reports.metrics]).toEqual([[], '']);
    const report = { isReady: true, problems: ['AccountsParked'], metrics: 'a 1' };
    reports.hear({ kind: 'report', part: 'aggregator', report });
    reports.hear({
      kind: 'report',
      part: 'projector',
      report: { isReady: false, problems: ['Stalled'], metrics: 'b 2' },
    });
    expect([reports.unready, reports.metrics]).toEqual([['projector (Stalled)'], 'a 1\nb 2']);
    nowMs += LIMITS.reportSilenceMs + 1;
    reports.hear({ kind: 'report', part: 'projector', report });
    expect(reports.unready).toEqual(['aggregator (Silent)']);
  });
});
