import { LIMITS } from '../limits.js';

/** What was checked; the names of the invariants are those of the semantics. */
export const CHECKS = [
  'streams',
  'evidence',
  'rating',
  'conservation',
  'identities',
  'offsets',
  'snapshots',
  'read-models',
] as const;
export type Check = (typeof CHECKS)[number];

/** Something that is not as it should be: where it lies, what is stored and what the audit makes of it. */
export interface Finding {
  readonly check: Check;
  readonly detail: string;
  /** Of the stream and event, where it lies in a stream. */
  readonly stream?: string;
  readonly revision?: bigint;
  /** Of the row, where it lies in a read model. */
  readonly table?: string;
  readonly key?: string;
  readonly field?: string;
  readonly stored?: string;
  readonly recomputed?: string;
}

/** Takes what one stream's checks find; stream and revision are known by whoever gives it away. */
export type Report = (finding: Omit<Finding, 'stream' | 'revision'>) => void;

/** What was found, as plain data: the first findings, and how many there are of each check. */
export interface FoundSoFar {
  readonly kept: readonly Finding[];
  readonly counts: ReadonlyMap<Check, number>;
}

/** All findings counted, the first ones kept. */
export class Findings {
  readonly #kept: Finding[] = [];
  readonly #counts = new Map<Check, number>();

  get kept(): readonly Finding[] {
    return this.#kept;
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  get soFar(): FoundSoFar {
    return { kept: this.#kept, counts: this.#counts };
  }

  /** Adds what was found elsewhere. */
  addAll({ kept, counts }: FoundSoFar): void {
    this.#kept.push(...kept.slice(0, LIMITS.findingsMax - this.#kept.length));
    for (const [check, count] of counts) this.addUnlisted(check, count);
  }

  countOf(check: Check): number {
    return this.#counts.get(check) ?? 0;
  }

  add(finding: Finding): void {
    this.#counts.set(finding.check, this.countOf(finding.check) + 1);
    if (this.#kept.length < LIMITS.findingsMax) this.#kept.push(finding);
  }

  /** Counts findings that are known by their number alone. */
  addUnlisted(check: Check, count: number): void {
    this.#counts.set(check, this.countOf(check) + count);
  }
}
