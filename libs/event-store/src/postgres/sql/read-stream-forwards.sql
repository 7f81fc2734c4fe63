-- A payload of which only the event is asked for is not even read.
select e.position, e.recorded_at, e.id, s.name as stream, e.revision, t.name as type,
  case when not $4 or e.revision > $2 then e.data end as data
from creditfold_events.streams s
join creditfold_events.events e on e.stream_id = s.id
join creditfold_events.event_types t on t.id = e.type_id
where s.name = $1 and e.revision >= $2
order by e.revision
limit $3
