import { LIMITS } from '../limits.js';
import type { HeardReport, PartReport } from './worker-protocol.js';

/** What the parts of the process last said of themselves, for the one that answers probes. */
export class PartReports {
  readonly #heard = new Map<string, { readonly report: PartReport; readonly atMs: number }>();

  constructor(private readonly nowMs: () => number = () => performance.now()) {}

  readonly hear = ({ part, report }: HeardReport): void => {
    this.#heard.set(part, { report, atMs: this.nowMs() });
  };

  /** Parts that cannot do their work, with the codes why: `aggregator (Stalled)`. */
  get unready(): readonly string[] {
    const unready: string[] = [];
    for (const [part, { report, atMs }] of this.#heard) {
      // A thread that says nothing any more hangs.
      if (this.nowMs() - atMs > LIMITS.reportSilenceMs) unready.push(`${part} (Silent)`);
      else if (!report.isReady) unready.push(`${part} (${report.problems.join(', ')})`);
    }
    return unready;
  }

  /** In the text format of Prometheus, whole lines. */
  get metrics(): string {
    return Array.from(this.#heard.values(), ({ report }) => report.metrics).join('\n');
  }
}
