import type { StoredEvent } from '@app/event-store';
import type { AccountEvent, CrossingCause } from '@app/metering';

/** One row of `threshold_crossings`: what a notification or a recharge is made from. */
export type CrossingRow = Readonly<Record<string, unknown>> & {
  readonly organisation: string;
  readonly revision: string;
};

const causeOf = (by: CrossingCause): object => (by.kind === 'usage' ? { ...by, offset: by.offset.toString() } : by);

/** The row of a threshold that was reached or of a recharge that was asked for; none for other events. */
export function crossingRow(event: AccountEvent, organisation: string, stored: StoredEvent): CrossingRow | undefined {
  if (event.type !== 'ThresholdReached' && event.type !== 'RechargeRequested') return undefined;
  const base = {
    organisation,
    revision: stored.revision.toString(),
    at_ms: event.atMs,
    recorded_at: stored.recordedAt.toISOString(),
    cause: causeOf(event.by),
  };
  if (event.type === 'RechargeRequested')
    return {
      ...base,
      kind: 'recharge',
      is_silent: false,
      purchase: event.purchase,
      package: event.package,
      price_minor: event.price.amountMinor.toString(),
      currency: event.price.currency,
    };
  return {
    ...base,
    kind: 'threshold',
    rule_kind: event.rule.kind,
    rule_name: event.rule.name,
    pool: event.pool,
    value: event.valueNanos.toString(),
    figure: event.figureNanos.toString(),
    severity: event.severity,
    channels: event.channels,
    cycle_start_ms: event.cycleStartMs,
    is_silent: event.isSilent,
  };
}
