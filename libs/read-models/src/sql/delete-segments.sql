delete from {schema}.usage_segments
where account = $1 and day = $2 and sequence = any ($3::bigint[])
