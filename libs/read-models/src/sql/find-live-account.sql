-- No row: the generation is not live any more. A row without an account: the account does not exist.
select g.position_commit, a.revision, a.ledger_time_ms, a.wallet
from creditfold_reads.generations g
left join {schema}.accounts a on a.organisation = $1
where g.lane = 'accounts' and g.generation = $2 and g.state = 'live'
