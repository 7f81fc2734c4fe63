-- One row a lane and generation: where its tables are (schema creditfold_<lane>_<generation>), and how far they are.
-- Rows of a generation and its checkpoint here change in one transaction.
create table generations (
  lane text collate "C" not null check (lane in ('accounts', 'usage')),
  generation integer not null check (generation > 0),
  projection_version integer not null,
  -- building: a rebuild beside the live one, or a verifier's; live: what queries read; retired: about to be dropped.
  state text not null check (state in ('building', 'live', 'retired')),
  position_commit bigint not null default 0,
  position_prepare bigint not null default 0,
  -- The last event projected: if the store does not hold it any more, the store is of another history.
  event_stream text,
  event_revision bigint,
  event_id uuid,
  event_commit bigint,
  moved_at timestamptz not null default now(),
  retired_at timestamptz,
  primary key (lane, generation)
) with (fillfactor = 50);

create unique index live_generations on generations (lane) where state = 'live';
