import { civilOf, formatCredits, formatQuantity, type Cycle, type Wallet } from '@app/metering';
import { figuresOfCycle, type CycleFigures } from '../accounts-lane/figure-rows.js';
import { compareKeys } from '../compare-keys.js';
import { readCycleMeters, type CycleMeter } from '../usage-lane/cycle-meters.js';
import type { Sums } from '../usage-lane/sums.js';
import type { FiguresAnswer, MonthlyItem, MonthlyMeter, MonthlyPool, PageRequest } from './answers.js';
import { cycleAnswer, type AccountView } from './balance.js';
import { checkLimit, pageOf, readCursor, wholeNumber } from './cursor.js';
import type { Snapshot } from './snapshot-reader.js';

/** Cycles that start in a year, or in one month of it; all when neither is given. */
export interface MonthlyRequest extends PageRequest {
  readonly year?: number | undefined;
  /** 1 to 12. */
  readonly month?: number | undefined;
}

interface FigureRow extends Omit<MonthlyPool, 'pool'> {
  readonly cycle_start_ms: bigint;
  readonly pool: string;
}

interface MetersRow {
  readonly cycle_start_ms: bigint;
  readonly meters: string;
}

/** One item a cycle, newest first. `account` is the usage lane's number, null while it has none. @throws {UnknownCursor} */
export async function listCycles(
  snapshot: Snapshot,
  view: AccountView,
  account: number | null,
  request: MonthlyRequest,
): Promise<{ readonly next: string | null; readonly items: readonly MonthlyItem[] }> {
  checkLimit(request.limit);
  const before = request.after === undefined ? undefined : Number(wholeNumber(readCursor(request.after, 1)[0]));
  const cycles = view.wallet.cycles
    .filter((cycle) => isWanted(cycle, request) && (before === undefined || cycle.startMs < before))
    .toSorted((one, other) => other.startMs - one.startMs);
  const page = pageOf(cycles.slice(0, request.limit + 1), request.limit, ({ startMs }) => [startMs]);
  const starts = page.items.map(({ startMs }) => startMs);
  const closed = page.items.filter(({ isClosed }) => isClosed).map(({ startMs }) => startMs);
  const figures = closed.length === 0 ? [] : await readFigures(snapshot, view.organisation, closed);
  const meters = account === null ? [] : await readMeters(snapshot, account, starts);
  const items = page.items.map((cycle) => {
    const { year, month } = civilOf(cycle.startMs);
    const isOf = (row: { readonly cycle_start_ms: bigint }): boolean => Number(row.cycle_start_ms) === cycle.startMs;
    return {
      year,
      month,
      cycle: cycleAnswer(cycle),
      closed: cycle.isClosed,
      pools: cycle.isClosed ? figures.filter(isOf).map(poolOf) : openPools(view.wallet, cycle),
      meters: meters.filter(isOf).flatMap(metersOf),
    };
  });
  return { next: page.next, items };
}

function isWanted({ startMs }: Cycle, { year, month }: MonthlyRequest): boolean {
  const named = civilOf(startMs);
  return (year === undefined || named.year === year) && (month === undefined || named.month === month);
}

async function readFigures({ client, accounts }: Snapshot, organisation: string, starts: readonly number[]) {
  const { rows } = await client.query<FigureRow>(
    `select cycle_start_ms, pool, opening, granted, refunded, adjusted, used, expired, closing
     from ${accounts.schema}.cycle_figures
     where organisation = $1 and cycle_start_ms = any ($2::bigint[]) order by pool`,
    [organisation, starts],
  );
  return rows;
}

async function readMeters({ client, usage }: Snapshot, account: number, starts: readonly number[]) {
  const { rows } = await client.query<MetersRow>(
    `select cycle_start_ms, meters from ${usage.schema}.cycle_meters
     where account = $1 and cycle_start_ms = any ($2::bigint[])`,
    [account, starts],
  );
  return rows;
}

const credits = (text: string): string => formatCredits(BigInt(text));

const poolOf = (row: FigureRow): MonthlyPool => ({
  pool: row.pool,
  opening: credits(row.opening),
  granted: credits(row.granted),
  refunded: credits(row.refunded),
  adjusted: credits(row.adjusted),
  used: credits(row.used),
  expired: credits(row.expired),
  closing: credits(row.closing),
});

/** The figures of a cycle that is not closed; names in the order in which the rows of closed ones come. */
const openPools = (wallet: Wallet, { startMs }: Cycle): MonthlyPool[] =>
  figuresOfCycle(wallet, startMs)
    .toSorted((one, other) => compareKeys([one.pool], [other.pool]))
    .map(openPoolOf);

const openPoolOf = (of: CycleFigures): MonthlyPool => ({
  pool: of.pool,
  opening: formatCredits(of.openingNanos),
  granted: formatCredits(of.grantedNanos),
  refunded: formatCredits(of.refundedNanos),
  adjusted: formatCredits(of.adjustedNanos),
  used: formatCredits(of.usedNanos),
  expired: formatCredits(of.expiredNanos),
  closing: formatCredits(of.closingNanos),
});

const figures = ({ events, quantityNanos, creditsNanos }: Sums): FiguresAnswer => ({
  events,
  quantity: formatQuantity(quantityNanos),
  credits: formatCredits(creditsNanos),
});

const metersOf = ({ meters }: MetersRow): MonthlyMeter[] =>
  readCycleMeters(meters)
    .toSorted((one, other) => compareKeys([one.meter, one.pool], [other.meter, other.pool]))
    .map(meterOf);

const meterOf = ({ meter, pool, own, late, adjusted, paid }: CycleMeter): MonthlyMeter => ({
  meter,
  pool,
  ...figures(own),
  late: figures(late),
  adjusted: figures(adjusted),
  adjustedFromEarlier: figures(paid),
});
