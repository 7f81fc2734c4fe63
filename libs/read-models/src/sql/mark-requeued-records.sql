update {schema}.quarantined_records as kept
set requeued_at_ms = given.requeued_at_ms, requeued_by = given.requeued_by
from json_to_recordset($1::json) as given (id text, requeued_at_ms bigint, requeued_by text)
where kept.id = given.id
