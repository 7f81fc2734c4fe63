import type { LaneName } from '../generations/generation.js';

/**
 * How a table's content is compared: `select` answers one row a key, ordered by the key, every column as text or null.
 * Keys are texts whose order is the server's (collation C); numbers in keys are padded so that they order as text.
 */
export interface TableCheck {
  readonly lane: LaneName;
  readonly table: string;
  readonly keys: readonly string[];
  readonly fields: readonly string[];
  readonly select: string;
}

/** A number as text that orders like it. */
const ordered = (expression: string): string =>
  `lpad((${expression} + 9000000000000000000)::numeric::text, 20, '0') collate "C"`;
const column = (name: string): string => `t.${name}::text`;

type Key = readonly [name: string, kind: 'text' | 'number'];
const orderOf = ([name, kind]: Key): string => (kind === 'text' ? `t.${name}` : ordered(`t.${name}::numeric`));

/** A plain table whose columns are the content. */
function plain(lane: LaneName, table: string, keys: readonly Key[], fields: string): TableCheck {
  const names = fields.trim().split(/\s+/);
  const keyNames = keys.map(([name]) => name);
  const orders = keys.map(orderOf);
  return {
    lane,
    table,
    keys: keyNames,
    fields: names,
    select: `select array[${orders.map((order) => `${order}::text`).join(',')}] as keys,
      array[${keyNames.map(column).join(',')}] as names, array[${names.map(column).join(',')}] as fields
      from {schema}.${table} t order by ${orders.join(',')}`,
  };
}

/** Content of the tables that are rows; segments are compared by what they add up to (`segment-reader.ts`). */
export const TABLE_CHECKS: readonly TableCheck[] = [
  plain(
    'accounts',
    'accounts',
    [['organisation', 'text']],
    'key_hash plan state clock revision ledger_time_ms opened_position next_instant_ms closable_ms statuses wallet fault',
  ),
  plain(
    'accounts',
    'ledger_entries',
    [
      ['organisation', 'text'],
      ['revision', 'number'],
      ['index', 'number'],
    ],
    `type pool amount balance_after at_ms recorded_at actor reason cause cycle_start_ms project session grant_id projects lines`,
  ),
  plain(
    'accounts',
    'cycle_figures',
    [
      ['organisation', 'text'],
      ['cycle_start_ms', 'number'],
      ['pool', 'text'],
    ],
    'cycle_end_ms opening granted refunded adjusted used expired closing',
  ),
  plain(
    'accounts',
    'threshold_crossings',
    [
      ['organisation', 'text'],
      ['revision', 'number'],
    ],
    `kind rule_kind rule_name pool value figure severity channels cycle_start_ms cause is_silent purchase package
     price_minor currency at_ms recorded_at`,
  ),
  plain(
    'accounts',
    'quarantined_records',
    [['id', 'text']],
    `organisation reason detail topic stream revision position index record_offset record_timestamp_ms source event_id
     time_ms first_hash second_hash payload key size_bytes sha256 is_adjusting at_ms recorded_at requeued_at_ms
     requeued_by`,
  ),
  plain(
    'usage',
    'usage_accounts',
    [['organisation', 'text']],
    'revision ledger_time_ms cycle_start_ms cycle_end_ms fault',
  ),
  ofAccounts(
    'usage_totals',
    [
      ['day', 'number'],
      ['hour', 'number'],
    ],
    ['meters', 'figures'],
  ),
  ofAccounts('cycle_meters', [['cycle_start_ms', 'number']], ['meters']),
];

/** A table of the usage lane, with organisations instead of the numbers that each generation gives in its own way. */
function ofAccounts(table: string, keys: readonly Key[], fields: readonly string[]): TableCheck {
  const names = ['organisation', ...keys.map(([name]) => name)];
  const orders = ['a.organisation', ...keys.map(orderOf)];
  return {
    lane: 'usage',
    table,
    keys: names,
    fields,
    select: `select array[${orders.map((order) => `(${order})::text`).join(',')}] as keys,
      array[${['a.organisation::text', ...keys.map(([name]) => column(name))].join(',')}] as names,
      array[${fields.map(column).join(',')}] as fields
      from {schema}.${table} t join {schema}.usage_accounts a on a.id = t.account
      order by ${orders.join(',')}`,
  };
}
