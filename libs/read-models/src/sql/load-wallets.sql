select organisation, revision, opened_position, wallet, fault
from {schema}.accounts
where organisation = any ($1::text[])
