-- Of several streams: the event at a revision, without its payload, and up to three behind it. Looked up one by one,
-- whatever a plan that is made while the tables are small would think cheaper. How many are asked for is kept from the
-- planner, which would make a plan of its own for each number.
select asked.nth::integer as nth, e.position, e.recorded_at, e.id, s.name as stream, e.revision, t.name as type, e.data
from unnest((select $1::text[]), (select $2::integer[])) with ordinality as asked (name, revision, nth)
cross join lateral (select id, name from creditfold_events.streams where name = asked.name offset 0) s
cross join lateral (
  select position, recorded_at, id, revision, type_id, case when revision > asked.revision then data end as data
  from creditfold_events.events
  where stream_id = s.id and revision >= asked.revision
  order by revision
  limit 4
) e
join creditfold_events.event_types t on t.id = e.type_id
order by asked.nth, e.revision
