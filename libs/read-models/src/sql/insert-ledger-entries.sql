insert into {schema}.ledger_entries
select * from json_populate_recordset(null::{schema}.ledger_entries, $1::json)
