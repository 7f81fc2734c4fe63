-- Events of other streams, and of types whose data nobody wants, come without it: a page says how far was looked.
with page as (
  select e.position, e.recorded_at, e.id, e.stream_id, e.revision, e.type_id, e.data
  from creditfold_events.events e
  where e.position > $1
  order by e.position
  limit $2
)
select p.position, p.recorded_at, p.id, s.name as stream, p.revision, t.name as type,
  case
    when ($4::text[] is null or t.name = any ($4::text[])) and ($3::text[] is null
      or exists (select from unnest($3::text[]) as given (prefix) where starts_with(s.name, given.prefix)))
    then p.data
  end as data
from page p
join creditfold_events.streams s on s.id = p.stream_id
join creditfold_events.event_types t on t.id = p.type_id
order by p.position
