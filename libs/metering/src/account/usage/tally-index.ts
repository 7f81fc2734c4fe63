import type { Rate } from '../../catalog/index.js';
import { isSameUse, useKey, type Used } from './rate-use.js';
import type { UseTally } from './use-tally.js';

/** As many tallies are looked through, one after the other: most events have fewer, and maps cost more than they save. */
const LISTED_MAX = 8;

/** The tallies of one `UsageCharged` by the rates and terms that they are of. */
export class TallyIndex {
  /** In the order of their numbers. */
  readonly all: UseTally[] = [];
  #table: TallyTable | undefined;

  find(rate: Rate, used: Used): UseTally | undefined {
    if (this.#table !== undefined) return this.#table.find(rate, used);
    for (const tally of this.all) if (isOf(tally, rate) && isSameUse(tally.use, used)) return tally;
    return undefined;
  }

  add(tally: UseTally): void {
    const other =
      this.#table === undefined ? this.all.find((each) => isSharing(each, tally)) : this.#table.sharing(tally);
    if (other !== undefined) for (const sharing of [other, tally]) sharing.share();
    this.all.push(tally);
    if (this.#table !== undefined) this.#table.add(tally);
    else if (this.all.length > LISTED_MAX) this.#table = new TallyTable(this.all);
  }
}

/** The same by maps; the newest use of each rate is found without making its key. */
class TallyTable {
  readonly #byKey = new Map<string, UseTally>();
  readonly #byQuantity = new Map<string, UseTally>();
  readonly #newest = new Map<Rate, UseTally>();

  constructor(tallies: readonly UseTally[]) {
    for (const tally of tallies) this.add(tally);
  }

  find(rate: Rate, used: Used): UseTally | undefined {
    const newest = this.#newest.get(rate);
    if (newest !== undefined && isSameUse(newest.use, used)) return newest;
    const tally = this.#byKey.get(useKey(rate, used));
    if (tally !== undefined) this.#newest.set(rate, tally);
    return tally;
  }

  sharing(tally: UseTally): UseTally | undefined {
    return this.#byQuantity.get(quantityOf(tally));
  }

  add(tally: UseTally): void {
    this.#byKey.set(useKey(tally.rate, tally.use), tally);
    this.#byQuantity.set(quantityOf(tally), tally);
    this.#newest.set(tally.rate, tally);
  }
}

/** Whether a tally is of this rate, be it another object. */
const isOf = ({ rate: own }: UseTally, rate: Rate): boolean =>
  own === rate ||
  (own.key === rate.key && own.rateCard === rate.rateCard && own.effectiveFromMs === rate.effectiveFromMs);

/** Whether two tallies move one cumulative quantity. */
const isSharing = ({ use: one }: UseTally, { use: other }: UseTally): boolean =>
  one.cycle.startMs === other.cycle.startMs && one.rate === other.rate;

const quantityOf = ({ use }: UseTally): string => `${use.cycle.startMs}\n${use.rate}`;
