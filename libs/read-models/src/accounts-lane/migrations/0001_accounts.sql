-- Amounts are whole nano-credits. Texts may hold U+0000 in escaped form (see stored-text.ts).
create table accounts (
  organisation text collate "C" primary key,
  key_hash integer not null,
  plan text not null,
  state text not null check (state in ('active', 'paused')),
  clock text not null check (clock in ('history', 'live', 'manual')),
  revision bigint not null,
  ledger_time_ms bigint not null,
  -- Where the account opened: the order of lists, the same in every rebuild.
  opened_position bigint not null,
  -- The next instant at which time itself changes the account, and the end of the oldest cycle that waits for its
  -- closing: the grace after it is the catalog's, which is not known here.
  next_instant_ms bigint,
  closable_ms bigint,
  -- One entry a pool; a filter asks whether any has it.
  statuses text[] not null,
  wallet text not null,
  -- Why this account is not projected any further; its revision stays where it was.
  fault text
) with (fillfactor = 50);
create index accounts_listed on accounts (opened_position desc);
create index accounts_next on accounts (next_instant_ms) where clock = 'live';
create index accounts_closable on accounts (closable_ms) where clock = 'live';

create table ledger_entries (
  organisation text collate "C" not null,
  revision bigint not null,
  index integer not null,
  type text not null,
  pool text not null,
  amount numeric not null,
  balance_after numeric not null,
  at_ms bigint not null,
  recorded_at timestamptz not null,
  actor text,
  reason text,
  cause text not null,
  cycle_start_ms bigint not null,
  -- The value that all usage of the entry shares.
  project text,
  session text,
  -- Where exactly one grant moved.
  grant_id text,
  -- The projects of the usage that it pays, and that usage by meter and project (ledger-lines-codec.ts); null for what
  -- is no usage.
  projects text[],
  lines bytea,
  primary key (organisation, revision, index)
) with (toast_tuple_target = 8160);
alter table ledger_entries alter column lines set storage external;

-- Of closed cycles, whose figures never change; those of open ones follow from the wallet.
create table cycle_figures (
  organisation text collate "C" not null,
  cycle_start_ms bigint not null,
  pool text collate "C" not null,
  cycle_end_ms bigint not null,
  opening numeric not null,
  granted numeric not null,
  refunded numeric not null,
  adjusted numeric not null,
  used numeric not null,
  expired numeric not null,
  closing numeric not null,
  primary key (organisation, cycle_start_ms, pool)
);

create table threshold_crossings (
  organisation text collate "C" not null,
  revision bigint not null,
  kind text not null check (kind in ('threshold', 'recharge')),
  rule_kind text,
  rule_name text,
  pool text,
  value numeric,
  figure numeric,
  severity text,
  channels text[],
  cycle_start_ms bigint,
  cause jsonb not null,
  is_silent boolean not null,
  purchase text,
  package text,
  price_minor numeric,
  currency text,
  at_ms bigint not null,
  recorded_at timestamptz not null,
  primary key (organisation, revision)
);

create table quarantined_records (
  id text collate "C" primary key,
  organisation text collate "C",
  reason text not null,
  detail text not null,
  topic text,
  -- The partition's stream or the account's stream that holds the record, and where.
  stream text not null,
  revision bigint not null,
  position bigint not null,
  index integer not null,
  record_offset bigint not null,
  record_timestamp_ms bigint not null,
  source text,
  event_id text,
  time_ms bigint,
  first_hash text,
  second_hash text,
  payload text,
  key text,
  size_bytes integer not null,
  sha256 text not null,
  is_adjusting boolean,
  at_ms bigint not null,
  recorded_at timestamptz not null,
  requeued_at_ms bigint,
  requeued_by text
);
create index quarantined_records_listed on quarantined_records (position desc, index desc);
create index quarantined_records_of on quarantined_records (organisation, position desc, index desc);
