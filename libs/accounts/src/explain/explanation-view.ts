import { formatCredits, formatMeterQuantity, formatQuantity, formatTime } from '@app/metering';
import type {
  BalanceChange,
  EntryExplanation,
  EventExplanation,
  LineExplanation,
  RecordPlace,
  UsageExplanation,
} from './explanation.js';

/** An explanation as the HTTP contract shows it (`GET …/events/{id}`), with more fields beside: decimal strings, RFC 3339. */
export const viewEvent = (explanation: EventExplanation) =>
  explanation.kind === 'charged' ? viewUsage(explanation.usage) : viewQuarantine(explanation.quarantine);

export const viewUsage = (usage: UsageExplanation) => ({
  id: usage.id,
  source: usage.source,
  organisation: usage.organisation,
  outcome: usage.outcome,
  time: formatTime(usage.timeMs),
  usageTime: formatTime(usage.usageTimeMs),
  record: usage.record === null ? null : viewRecord(usage.record),
  dimensions: Object.fromEntries(usage.dimensions),
  lines: usage.lines.map((line) => viewLine(line, usage.catalogVersion)),
  draws: usage.lines.flatMap((line) => line.draws.map(viewDraw)),
  balances: usage.balances.map(viewBalance),
  entry: usage.lines[0]?.entry ?? null,
  revision: String(usage.revision),
});

const viewQuarantine = ({
  organisation,
  quarantined,
  record,
  revision,
}: Extract<EventExplanation, { kind: 'quarantined' }>['quarantine']) => ({
  id: quarantined.eventId,
  source: quarantined.source,
  organisation,
  outcome: quarantined.reason === 'Conflict' ? ('conflict' as const) : ('quarantined' as const),
  reason: quarantined.reason,
  detail: quarantined.detail,
  time: quarantined.timeMs === null ? null : formatTime(quarantined.timeMs),
  record: viewRecord(record),
  lines: [],
  draws: [],
  entry: null,
  revision: String(revision),
});

/** A ledger entry's explanation (`GET …/ledger/{entry}/explanation`). */
export const viewEntry = (explanation: EntryExplanation) => ({
  organisation: explanation.organisation,
  entry: {
    id: explanation.id,
    type: explanation.entry.type,
    pool: explanation.entry.pool,
    amount: formatCredits(explanation.entry.amountNanos),
    cause: explanation.entry.cause,
    cycleStart: formatTime(explanation.entry.cycleStartMs),
    at: formatTime(explanation.atMs),
    recordedAt: formatTime(explanation.recordedAt.getTime()),
    actor: explanation.command?.actor ?? null,
    reason: explanation.command?.reason ?? null,
    revision: String(explanation.revision),
    event: explanation.eventType,
  },
  balance: viewBalance(explanation.balance),
  movements: explanation.entry.movements.map((movement) => ({
    kind: movement.kind,
    grant: 'grant' in movement ? (typeof movement.grant === 'string' ? movement.grant : movement.grant.id) : null,
    amount: formatCredits('amountNanos' in movement ? movement.amountNanos : movement.grant.amountNanos),
  })),
  usage: explanation.usage.map(viewUsage),
});

const viewRecord = ({ topic, generation, partition, offset, timestampMs }: RecordPlace) => ({
  topic,
  generation,
  partition,
  offset: String(offset),
  timestamp: formatTime(timestampMs),
});

const viewLine = (line: LineExplanation, catalogVersion: number) => ({
  meter: line.use.meter,
  aggregation: line.aggregation,
  pool: line.use.pool,
  quantity: formatQuantity(line.quantityNanos),
  credits: formatCredits(line.creditsNanos),
  cut: formatCredits(line.cutNanos),
  rateCard: { key: line.use.rateCard, effectiveFrom: formatTime(line.use.effectiveFromMs) },
  rate: line.use.rate,
  plan: line.use.plan,
  price: line.price,
  catalogVersion,
  cycle: { start: formatTime(line.use.cycle.startMs), end: formatTime(line.use.cycle.endMs) },
  inputs: line.inputs.map(({ name, valueNanos }) => ({ name, value: formatQuantity(valueNanos) })),
  cumulative: {
    before: formatMeterQuantity(line.beforeUnits, line.denominator),
    after: formatMeterQuantity(line.afterUnits, line.denominator),
    costBefore: line.costBeforeNanos === null ? null : formatCredits(line.costBeforeNanos),
    costAfter: line.costAfterNanos === null ? null : formatCredits(line.costAfterNanos),
  },
  draws: line.draws.map(viewDraw),
  entry: line.entry,
});

const viewDraw = ({ from, grant, amountNanos }: LineExplanation['draws'][number]) => ({
  grant,
  from,
  amount: formatCredits(amountNanos),
});

const viewBalance = ({ pool, beforeNanos, afterNanos }: BalanceChange) => ({
  pool,
  before: formatCredits(beforeNanos),
  after: formatCredits(afterNanos),
});
