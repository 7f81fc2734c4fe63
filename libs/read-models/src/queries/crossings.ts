import { formatCredits, formatTime } from '@app/metering';
import type { Snapshot } from './snapshot-reader.js';

/** Crossings of one cycle that an answer may hold: rules have few marks, and each is crossed once unless it is re-armed. */
const CROSSINGS_MAX = 5_000;

/** A threshold that was reached, by what. `value` and `figure` are credits or percent, as the rule's basis says. */
export interface CrossingItem {
  readonly revision: string;
  readonly kind: string;
  readonly name: string;
  readonly pool: string;
  readonly value: string;
  readonly figure: string;
  readonly severity: string | null;
  readonly channels: readonly string[];
  /** Ledger time. */
  readonly at: string;
  readonly cause: Readonly<Record<string, unknown>> & { readonly kind: string };
  readonly isSilent: boolean;
}

interface Row {
  readonly revision: bigint;
  readonly rule_kind: string;
  readonly rule_name: string;
  readonly pool: string;
  readonly value: string;
  readonly figure: string;
  readonly severity: string | null;
  readonly channels: readonly string[] | null;
  readonly at_ms: bigint;
  readonly cause: CrossingItem['cause'];
  readonly is_silent: boolean;
}

/** The thresholds that an account reached in the cycle that begins at `cycleStartMs`, newest first. */
export async function listCrossings(
  { client, accounts }: Snapshot,
  organisation: string,
  cycleStartMs: number,
): Promise<readonly CrossingItem[]> {
  const { rows } = await client.query<Row>(
    `select revision, rule_kind, rule_name, pool, value, figure, severity, channels, at_ms, cause, is_silent
     from ${accounts.schema}.threshold_crossings
     where organisation = $1 and kind = 'threshold' and cycle_start_ms = $2
     order by revision desc limit ${CROSSINGS_MAX}`,
    [organisation, cycleStartMs],
  );
  return rows.map((row) => ({
    revision: row.revision.toString(),
    kind: row.rule_kind,
    name: row.rule_name,
    pool: row.pool,
    value: formatCredits(BigInt(row.value)),
    figure: formatCredits(BigInt(row.figure)),
    severity: row.severity,
    channels: row.channels ?? [],
    at: formatTime(Number(row.at_ms)),
    cause: row.cause,
    isSilent: row.is_silent,
  }));
}
