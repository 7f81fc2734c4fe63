-- A record may be told twice (an account's stream and a partition's): the first stands.
insert into {schema}.quarantined_records
select * from json_populate_recordset(null::{schema}.quarantined_records, $1::json)
on conflict (id) do nothing
