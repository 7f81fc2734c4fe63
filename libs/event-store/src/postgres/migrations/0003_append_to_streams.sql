-- Takes the place of `append_events`, which stays for processes of earlier releases until they have ended. It answers for
-- the streams alone that were not appended to, mostly none: a row a stream cost more than looking its last event up.
--
-- Streams are given by arrays (one entry a stream; `first_events` counts the events before each), types by a dictionary,
-- events by arrays in stream order; payloads lie behind each other in one value. The lock on `heads` comes first, so that
-- appends are serial, cannot deadlock, and every statement below sees all that was committed before.
--
-- Answers the position of the last event before this call, under stream 0; then, for each stream whose revision was not
-- the expected one, its number, its revision, and the position where an equal earlier append ended (null: none did).
create function append_to_streams(
  stream_names text[], expected_revisions bigint[], first_events integer[], event_counts integer[],
  type_names text[], event_streams integer[], event_types integer[], event_ids uuid[],
  data_starts integer[], data_lengths integer[], payload bytea
)
returns table (stream_number integer, actual_revision bigint, known_position bigint)
language plpgsql
-- A plan made while the tables were small must not stay when they are large: every access has an index.
set search_path = creditfold_events, pg_temp
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
  head bigint;
  stream_ids integer[];
  actual bigint[];
  type_ids smallint[];
  inserted integer;
begin
  select h.position into head from heads h where h.id for update;

  if exists (
    select from unnest(type_names) as given (name) where not exists (select from event_types t where t.name = given.name)
  ) then
    insert into event_types (id, name)
    select (select coalesce(max(t.id), 0) from event_types t) + row_number() over (order by given.name), given.name
    from unnest(type_names) as given (name)
    where not exists (select from event_types t where t.name = given.name);
  end if;

  select array_agg(t.id order by given.nth) into type_ids
  from unnest(type_names) with ordinality as given (name, nth)
  join event_types t on t.name = given.name;

  if -1 = any (expected_revisions) then
    insert into streams (name)
    select given.name
    from unnest(stream_names, expected_revisions) as given (name, expected)
    where given.expected = -1 and not exists (select from streams s where s.name = given.name);
  end if;

  select array_agg(s.id order by given.nth), array_agg(coalesce(last.revision, -1) order by given.nth)
  into stream_ids, actual
  from unnest(stream_names) with ordinality as given (name, nth)
  left join streams s on s.name = given.name
  left join lateral (
    select e.revision from events e where e.stream_id = s.id order by e.revision desc limit 1
  ) last on true;

  insert into events (position, recorded_at, id, stream_id, revision, type_id, data)
  select head + row_number() over (order by given.nth), clock_timestamp(), given.id, stream_ids[given.stream],
    expected_revisions[given.stream] + given.nth - first_events[given.stream], type_ids[given.type],
    substring(payload from given.data_start for given.data_length)
  from unnest(event_streams, event_types, event_ids, data_starts, data_lengths)
    with ordinality as given (stream, type, id, data_start, data_length, nth)
  where expected_revisions[given.stream] = actual[given.stream];
  get diagnostics inserted = row_count;

  if inserted > 0 then
    update heads set position = head + inserted where id;
    perform pg_notify('creditfold_events', (head + inserted)::text);
  end if;

  return query select 0, null::bigint, head;
  if inserted = cardinality(event_ids) then
    return;
  end if;
  return query
  select given.nth::integer, actual[given.nth], (
    select max(e.position)
    from events e
    where e.stream_id = stream_ids[given.nth]
      and e.revision > given.expected and e.revision <= given.expected + given.event_count
      and e.id = event_ids[(given.first_event + e.revision - given.expected)::integer]
    having count(*) = given.event_count
  )
  from unnest(expected_revisions, first_events, event_counts)
    with ordinality as given (expected, first_event, event_count, nth)
  where given.expected <> actual[given.nth]
  order by given.nth;
end
$$;
