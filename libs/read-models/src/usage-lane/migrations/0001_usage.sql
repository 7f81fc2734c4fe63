-- Quantities are whole 10⁻⁹ units, credits whole nano-credits; usage is found by usage time (hours since the epoch).
-- Meters and pools may hold U+0000 in escaped form (see stored-text.ts).
create table usage_accounts (
  id integer generated always as identity primary key,
  organisation text collate "C" not null unique,
  revision bigint not null,
  ledger_time_ms bigint not null,
  -- The current cycle: the one that pays what is adjusted.
  cycle_start_ms bigint,
  cycle_end_ms bigint,
  fault text
) with (fillfactor = 50);

-- An account's usage by hour of the day; hour 24 is the whole day.
create table usage_totals (
  account integer not null,
  day integer not null,
  hour smallint not null,
  -- Of each meter four figures, one meter's behind the other's: usage events whose first meter line is one of these,
  -- meter lines, quantity, credits.
  meters text[] collate "C" not null,
  figures numeric[] not null,
  primary key (account, day, hour)
) with (fillfactor = 50);
create index usage_totals_of_everybody on usage_totals (day, hour);

-- The appends' groups as they are, in columns (segment-codec.ts): one row an account, day and window.
create table usage_segments (
  account integer not null,
  day integer not null,
  sequence bigint not null,
  -- 0: as written; counted up by every merge; 100: a closed day in one.
  level smallint not null,
  data bytea not null,
  -- The same usage by one dimension at a time (sums-by-value.ts), where there is too much of it to be added up for
  -- every question.
  sums bytea,
  primary key (account, day, sequence)
) with (toast_tuple_target = 8160);
alter table usage_segments alter column data set storage external;
alter table usage_segments alter column sums set storage external;
create index usage_segments_unmerged on usage_segments (day, account, level) where level < 100;

-- Usage by meter and pool: late, adjusted and paid apart (cycle-meters.ts).
create table cycle_meters (
  account integer not null,
  cycle_start_ms bigint not null,
  meters text not null,
  primary key (account, cycle_start_ms)
) with (fillfactor = 50);
