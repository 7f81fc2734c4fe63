insert into {schema}.threshold_crossings
select * from json_populate_recordset(null::{schema}.threshold_crossings, $1::json)
