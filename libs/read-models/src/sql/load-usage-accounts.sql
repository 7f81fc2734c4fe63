select organisation, revision, ledger_time_ms, cycle_start_ms, cycle_end_ms, fault
from {schema}.usage_accounts
where organisation = any ($1::text[])
