select e.revision
from creditfold_events.streams s
join creditfold_events.events e on e.stream_id = s.id
where s.name = $1
order by e.revision desc
limit 1
