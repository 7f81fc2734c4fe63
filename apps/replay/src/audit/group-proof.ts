import { hourOf, type EvidenceTable, type GroupsOfUse, type UsageColumns } from '@app/metering';
import { GroupRows } from './group-rows.js';
import { UseSums } from './use-sums.js';

/**
 * I13 in plain numbers, column by column: whether the lines of each rate use add up to exactly its groups. It says yes
 * or nothing: where it cannot say yes, the general rule adds up again and names what differs. Its room is used again
 * for the next event.
 */
export class GroupProof {
  readonly #rows = new GroupRows();
  readonly #sums: UseSums[] = [];

  /** `uses` is how many the event lists. */
  areSums({ evidence, groups, dimensions }: UsageColumns, uses: number): boolean {
    for (const [use, amounts] of evidence.amounts)
      if (!(use >= 0 && use < uses) || !this.#sumsOf(use).begin(amounts)) return false;
    const isProven =
      this.#addLines(evidence, dimensions.nameListNumbers.length) && this.#areTaken(groups.byUse, evidence.amounts);
    if (!isProven) for (const use of evidence.amounts.keys()) this.#sumsOf(use).clear();
    return isProven;
  }

  #sumsOf(use: number): UseSums {
    while (this.#sums.length <= use) this.#sums.push(new UseSums());
    return this.#sums[use] as UseSums;
  }

  /** False where a usage event has no lines, dimensions that are not listed, or sums that are not exact. */
  #addLines(evidence: EvidenceTable, combinations: number): boolean {
    const { count, usageTimesMs, dimensions, patternNumbers } = evidence;
    const patterns = evidence.patterns.lists.map((uses) => uses.map((use) => this.#sumsOf(use)));
    this.#rows.begin(combinations);
    for (let event = 0; event < count; event += 1) {
      const combination = dimensions[event] ?? 0;
      const pattern = patterns[patternNumbers[event] ?? 0];
      if (pattern === undefined || pattern.length === 0 || !(combination >= 0 && combination < combinations))
        return false;
      const row = this.#rows.at(combination, hourOf(usageTimesMs[event] ?? 0));
      for (let place = 0; place < pattern.length; place += 1)
        if (!(pattern[place] as UseSums).add(row, place === 0)) return false;
    }
    return true;
  }

  /** Whether each group is the sum of its row, and no row is left. */
  #areTaken(groups: ReadonlyMap<number, GroupsOfUse>, lines: ReadonlyMap<number, unknown>): boolean {
    for (const [use, own] of groups) {
      if (!lines.has(use)) return false;
      const sums = this.#sumsOf(use);
      for (let at = 0; at < own.hours.length; at += 1) {
        const row = this.#rows.find(own.dimensions[at] ?? 0, own.hours[at] ?? 0);
        if (row < 0 || !sums.take(row, own, at)) return false;
      }
    }
    for (const use of lines.keys()) if (this.#sumsOf(use).left > 0) return false;
    return true;
  }
}
