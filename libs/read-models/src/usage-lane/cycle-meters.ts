import { CorruptReadModel } from '../errors.js';
import { noSums, type Sums } from './sums.js';
import type { SumTable } from './sum-table.js';
import type { Figures } from './usage-rows.js';

/**
 * What a cycle shows of one meter and pool: `own`, charged and late usage; `late` alone; `adjusted`, usage of the cycle
 * that came after its closing; `paid`, usage of earlier, closed cycles that this one paid.
 */
const PARTS = ['own', 'late', 'adjusted', 'paid'] as const;
export type CyclePart = (typeof PARTS)[number];

interface MeterAndPool {
  readonly meter: string;
  readonly pool: string;
}

/** Each part's row in some table; none where it is nothing. */
type PartRows = MeterAndPool & Partial<Record<CyclePart, number>>;

/** A cycle's usage by meter and pool, in the order of their names: equal content has one form, whatever came first. */
export class CycleMeters {
  readonly #meters: PartRows[] = [];

  /** The row of a part; made in `table` where there is none yet. */
  of(key: MeterAndPool, part: CyclePart, table: SumTable): number {
    const rows = this.#meters.find(({ meter, pool }) => meter === key.meter && pool === key.pool) ?? this.#insert(key);
    return (rows[part] ??= table.begin());
  }

  /** Adds a cycle, whose rows are in `from`, to this, whose rows are in `table`. */
  add(table: SumTable, more: CycleMeters, from: Figures): void {
    for (const meter of more.#meters)
      for (const part of PARTS) {
        const row = meter[part];
        if (row !== undefined) table.addFrom(this.of(meter, part, table), from, row);
      }
  }

  /** Fills an empty cycle with what is stored. @throws {CorruptReadModel} */
  read(text: string, table: SumTable): void {
    for (const stored of readCycleMeters(text))
      for (const part of PARTS) if (stored[part] !== NOTHING) table.add(this.of(stored, part, table), stored[part]);
  }

  /** JSON text, an object a meter and pool: each part as meter lines, quantity and credits. Equal cycles give equal text. */
  text({ events, quantity, credits }: Figures): string {
    const meters = this.#meters.map((meter) => {
      let text = `{"meter":${JSON.stringify(meter.meter)},"pool":${JSON.stringify(meter.pool)}`;
      for (const part of PARTS) {
        const row = meter[part];
        if (row !== undefined)
          text += `,"${part}":[${events.at(row)},"${quantity.textAt(row)}","${credits.textAt(row)}"]`;
      }
      return `${text}}`;
    });
    return `[${meters.join(',')}]`;
  }

  #insert({ meter, pool }: MeterAndPool): PartRows {
    const next = this.#meters.findIndex((other) => (other.meter === meter ? other.pool > pool : other.meter > meter));
    const made: PartRows = { meter, pool };
    this.#meters.splice(next === -1 ? this.#meters.length : next, 0, made);
    return made;
  }
}

type StoredPart = readonly [events: number, quantity: string, credits: string];
type StoredMeter = MeterAndPool & Partial<Record<CyclePart, StoredPart>>;

/** A meter and pool of a cycle as it is read. */
export type CycleMeter = MeterAndPool & Readonly<Record<CyclePart, Readonly<Sums>>>;

const NOTHING: Readonly<Sums> = noSums();

/** @throws {CorruptReadModel} for a text that is none of `CycleMeters` */
export function readCycleMeters(text: string): CycleMeter[] {
  try {
    return (JSON.parse(text) as readonly StoredMeter[]).map(({ meter, pool, own, late, adjusted, paid }) => ({
      meter,
      pool,
      own: sumsOf(own),
      late: sumsOf(late),
      adjusted: sumsOf(adjusted),
      paid: sumsOf(paid),
    }));
  } catch (error) {
    throw new CorruptReadModel('stored meters of a cycle cannot be read', { cause: error });
  }
}

function sumsOf(part: StoredPart | undefined): Readonly<Sums> {
  if (part === undefined) return NOTHING;
  const [events, quantity, credits] = part;
  // Which of them came first in their usage events is not asked of a cycle.
  return { events, firstEvents: 0, quantityNanos: BigInt(quantity), creditsNanos: BigInt(credits) };
}
