import { DAY_MS } from '@app/metering';
import { READ_MODEL_LIMITS } from '../limits.js';
import { addSums, isNothing, noSums, subtractSums, type Sums } from '../usage-lane/sums.js';
import type { UsageWindowName } from './answers.js';
import type { Snapshot } from './snapshot-reader.js';
import { totalsByMeter } from './totals.js';
import type { Grouping } from './usage-groups.js';
import { wholeWindow } from './usage-windows.js';
import { valueSums, type Days } from './value-sums.js';

/** Figures of one meter and one value of the dimension asked for, of one day or of several as one. */
export interface DayFigures {
  readonly day: number;
  readonly meter: string;
  /** Null: usage without the dimension, or all usage where none was asked for. */
  readonly value: string | null;
  readonly sums: Readonly<Sums>;
}

const METER = 'meter';

/**
 * The only dimension that a question asks of (null: none), when the daily sums can answer it; undefined where two are
 * asked for at once, or hours: only segments hold these.
 */
export function dimensionOfDays(question: Grouping & { readonly window: UsageWindowName | null }) {
  if (question.window === 'hour') return undefined;
  const asked = new Set([...question.groupBy, ...Object.keys(question.filter)]);
  asked.delete(METER);
  const [dimension = null, ...others] = asked;
  return others.length === 0 ? dimension : undefined;
}

/** Days of some windows at once, newest first: of many while they hold little, each month and the whole range as one. */
export async function* figuresOfDays(
  snapshot: Snapshot,
  account: number,
  asked: Days &
    Pick<Grouping, 'filter'> & { readonly dimension: string | null; readonly window: UsageWindowName | null },
): AsyncGenerator<{ readonly newestDay: number; readonly figures: readonly DayFigures[] }> {
  const reader = new DayReader(snapshot, account, asked);
  let span: number = READ_MODEL_LIMITS.daysPerReadMin;
  for (let lastDay = asked.lastDay; lastDay > asked.firstDay;) {
    const month = asked.window === 'month' ? wholeWindow('month', (lastDay - 1) * DAY_MS)?.startMs : undefined;
    const start = month === undefined ? (asked.window === null ? asked.firstDay : lastDay - span) : month / DAY_MS;
    const firstDay = Math.max(asked.firstDay, start);
    const figures = await reader.read({ firstDay, lastDay }, asked.window === 'day');
    yield { newestDay: lastDay - 1, figures };
    if (figures.length < READ_MODEL_LIMITS.dayRowsFew) span = Math.min(span * 2, READ_MODEL_LIMITS.daysPerReadMax);
    lastDay = firstDay;
  }
}

class DayReader {
  constructor(
    private readonly snapshot: Snapshot,
    private readonly account: number,
    private readonly asked: Pick<Grouping, 'filter'> & { readonly dimension: string | null },
  ) {}

  async read(days: Days, isByDay: boolean): Promise<readonly DayFigures[]> {
    const { dimension, filter } = this.asked;
    const meter = filter[METER] ?? null;
    if (dimension === null) return this.#totals(days, { meter, isByDay });
    const wanted = filter[dimension];
    const value = wanted === undefined || wanted === '' ? null : wanted;
    const found = await valueSums(this.snapshot, this.account, days, { dimension, meter, value, isByDay });
    if (value !== null) return found;
    const rest = restOf(await this.#totals(days, { meter, isByDay }), found);
    return wanted === '' ? rest : [...found, ...rest];
  }

  async #totals(days: Days, asked: { readonly meter: string | null; readonly isByDay: boolean }) {
    const totals = await totalsByMeter(this.snapshot, this.account, days, asked);
    return totals.map((total): DayFigures => ({ ...total, value: null }));
  }
}

/** What the totals of a day and meter hold beyond all values is usage without the dimension. */
function restOf(totals: readonly DayFigures[], found: readonly DayFigures[]): DayFigures[] {
  const valued = new Map<string, Sums>();
  for (const { day, meter, sums } of found) {
    const key = `${day} ${meter}`;
    const sum = valued.get(key) ?? noSums();
    valued.set(key, sum);
    addSums(sum, sums);
  }
  return totals.flatMap(({ day, meter, sums }) => {
    const rest = { ...sums };
    subtractSums(rest, valued.get(`${day} ${meter}`) ?? noSums());
    return isNothing(rest) ? [] : [{ day, meter, value: null, sums: rest }];
  });
}
