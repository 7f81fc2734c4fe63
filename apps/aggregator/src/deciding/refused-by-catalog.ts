import type { QuarantinedRecord, QuarantineReason, UsageDecision } from '@app/metering';

/** What a newer catalog may know: a meter, a rate, a factor, a plan to open accounts on. */
const CATALOG_REASONS: ReadonlySet<string> = new Set<QuarantineReason>([
  'UnknownOrganisation',
  'UnknownEventType',
  'NoRate',
  'UnknownFactor',
  'NothingToMeter',
]);

/** Whether any record was refused for a reason that a newer catalog may take away. */
export function isRefusedByCatalog({ events, unhosted }: UsageDecision): boolean {
  return unhosted.some(isOne) || events.some((event) => event.type === 'UsageQuarantined' && event.records.some(isOne));
}

const isOne = ({ reason }: QuarantinedRecord): boolean => CATALOG_REASONS.has(reason);
