import { formatTime, refundableLine } from '@app/metering';
import type { AccountCommand } from '@app/metering';
import { AccountFixture, catalogFixture, LARGE_CATALOG, type UsageFixture } from '@app/metering/testing';
import { HOUR_MS, START_MS, type Step, type UsageStep } from './steps.js';

const SMALL = { key: 'small', pool: 'credits', credits: '30', price: { amount: '3.00', currency: 'EUR' } } as const;
const CATALOG = catalogFixture({ packages: [...(LARGE_CATALOG.packages ?? []), { ...SMALL, expires: 'P1M' }] });

/** How whole quantities are written: as a number, or as a string, which plain numbers never charge. */
type Written = (quantity: number) => number | string;

/** Runs a history; usage between two other steps is folded in batches of at most `batch` records. */
export function runHistory(
  steps: readonly Step[],
  batch: number,
  written: Written = (quantity) => quantity,
): AccountFixture {
  const account = new AccountFixture(CATALOG);
  let nowMs = START_MS;
  let waiting: UsageFixture[] = [];
  const flush = (): void => {
    while (waiting.length > 0) account.use(...waiting.splice(0, batch));
  };
  account.use({ id: 'first', type: 'tool', time: formatTime(nowMs) });
  for (const step of steps) {
    nowMs += step.hoursOn * HOUR_MS;
    if (step.kind === 'usage') {
      waiting.push(usageOf(step, nowMs, written));
      continue;
    }
    flush();
    if (step.kind === 'pass') {
      account.passTo(formatTime(nowMs));
      continue;
    }
    const command = step.kind === 'command' ? named(account, step.command) : refundOf(account, step);
    if (command !== null) account.command(command, formatTime(nowMs));
  }
  flush();
  return account;
}

function usageOf(step: UsageStep, nowMs: number, written: Written): UsageFixture {
  const { amount, id, model, type } = step;
  const fields: Record<string, Record<string, string | number>> = {
    llm: { tokens: written(amount), model },
    tool: {},
    peak: { size: amount % 50 },
    visit: { person: `p${amount % 5}` },
    seats: { seats: amount % 9, project: `p${id % 2}` },
    storage: { gigabytes: amount % 20, project: `p${id % 2}` },
    gpu: { hours: amount / 1000, replicas: 2, hardware: 't4' },
  };
  return {
    id: `e${id}`,
    type,
    time: formatTime(nowMs - step.lateHours * HOUR_MS),
    at: formatTime(nowMs),
    data: fields[type] ?? {},
  };
}

/** Ids hold the revision, which depends on batching: histories name grants and purchases by the order they came in. */
function named(account: AccountFixture, command: AccountCommand): AccountCommand {
  const nth = (type: 'CreditsGranted' | 'CreditsPurchased', index: string): string => {
    const ids = account.events.flatMap((event) => (event.type === type ? [event.command?.answer['id'] ?? ''] : []));
    return ids[Number(index) % ids.length] ?? 'none';
  };
  if (command.kind === 'VoidGrant') return { ...command, grant: nth('CreditsGranted', command.grant) };
  if (command.kind === 'RefundPurchase') return { ...command, purchase: nth('CreditsPurchased', command.purchase) };
  return command;
}

/** Null while fewer usage events are charged. */
function refundOf(
  account: AccountFixture,
  { nth, amountNanos }: Extract<Step, { kind: 'refund' }>,
): AccountCommand | null {
  let before = 0;
  for (const [revision, event] of account.events.entries()) {
    if (event.type !== 'UsageCharged') continue;
    const lineIndex = nth - before;
    before += event.evidence.length;
    if (nth < before)
      return { kind: 'RefundUsage', of: refundableLine(event, BigInt(revision), lineIndex), amountNanos };
  }
  return null;
}
