import { DAY_MS } from '@app/metering';
import { Statement } from '../sql-text.js';
import { fromStored, toStored } from '../stored-text.js';
import { addSums, noSums, type Sums } from '../usage-lane/sums.js';
import { READ_MODEL_LIMITS } from '../limits.js';
import { textId } from './consumption.js';
import type { Snapshot } from './snapshot-reader.js';
import type { Grouping } from './usage-groups.js';
import { wholeWindow } from './usage-windows.js';
import type { UsageWindowName } from './answers.js';

/** Figures of one meter and one value of the dimension asked for, of one day or of several as one. */
export interface DayFigures {
  readonly day: number;
  readonly meter: string;
  /** Null: usage without the dimension, or all usage where none was asked for. */
  readonly value: string | null;
  readonly sums: Readonly<Sums>;
}

const METER = 'meter';
const SUM = new Statement('sum-days-of-usage');

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

interface Days {
  readonly firstDay: number;
  /** Exclusive. */
  readonly lastDay: number;
}

interface Row {
  readonly day: number;
  readonly meter: string;
  readonly value: string | null;
  readonly events: bigint;
  readonly first_events: bigint;
  readonly quantity: string;
  readonly credits: string;
}

/** Days of some windows at once, newest first: of many while they hold little, each month and the whole range as one. */
export async function* figuresOfDays(
  snapshot: Snapshot,
  account: number,
  asked: Days &
    Pick<Grouping, 'filter'> & { readonly dimension: string | null; readonly window: UsageWindowName | null },
): AsyncGenerator<{ readonly newestDay: number; readonly figures: readonly DayFigures[] }> {
  const reader = await DayReader.of(snapshot, account, asked);
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

const TOTALS = 0;

class DayReader {
  private constructor(
    private readonly snapshot: Snapshot,
    private readonly account: number,
    private readonly asked: {
      /** Undefined: no usage has the dimension. */
      readonly dimension: number | undefined;
      readonly meter: string | null;
      /** Null: every value; the empty text: usage without the dimension. */
      readonly value: string | null;
    },
  ) {}

  static async of(
    snapshot: Snapshot,
    account: number,
    { dimension, filter }: { readonly dimension: string | null } & Pick<Grouping, 'filter'>,
  ): Promise<DayReader> {
    const meter = filter[METER];
    return new DayReader(snapshot, account, {
      dimension: dimension === null ? TOTALS : await textId(snapshot, dimension),
      meter: meter === undefined ? null : toStored(meter),
      value: dimension === null ? null : (filter[dimension] ?? null),
    });
  }

  async read(days: Days, isByDay: boolean): Promise<readonly DayFigures[]> {
    const { dimension, value } = this.asked;
    if (dimension === TOTALS) return this.#sum(days, isByDay, TOTALS, null);
    const isOneValue = value !== null && value !== '';
    const found =
      dimension === undefined ? [] : await this.#sum(days, isByDay, dimension, isOneValue ? toStored(value) : null);
    if (isOneValue) return found;
    const rest = restOf(await this.#sum(days, isByDay, TOTALS, null), found);
    return value === '' ? rest : [...found, ...rest];
  }

  async #sum({ firstDay, lastDay }: Days, isByDay: boolean, dimension: number, value: string | null) {
    const { client, usage } = this.snapshot;
    const values = [this.account, firstDay, lastDay, dimension, this.asked.meter, value, isByDay];
    const { rows } = await client.query<Row>(SUM.in(usage.schema), values);
    return rows.map(figuresOf);
  }
}

const figuresOf = (row: Row): DayFigures => ({
  day: row.day,
  meter: fromStored(row.meter),
  value: row.value === null ? null : fromStored(row.value),
  sums: {
    events: Number(row.events),
    firstEvents: Number(row.first_events),
    quantityNanos: BigInt(row.quantity),
    creditsNanos: BigInt(row.credits),
  },
});

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
    const less = valued.get(`${day} ${meter}`) ?? noSums();
    const rest: Sums = {
      events: sums.events - less.events,
      firstEvents: sums.firstEvents - less.firstEvents,
      quantityNanos: sums.quantityNanos - less.quantityNanos,
      creditsNanos: sums.creditsNanos - less.creditsNanos,
    };
    const isNothing = rest.events === 0 && rest.quantityNanos === 0n && rest.creditsNanos === 0n;
    return isNothing ? [] : [{ day, meter, value: null, sums: rest }];
  });
}
