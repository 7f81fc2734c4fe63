-- The lane has one writer: a text that is missing now is missing until it is inserted here.
insert into {schema}.texts (content)
select given.content from unnest($1::text[]) as given (content)
where not exists (select from {schema}.texts as kept where kept.content = given.content)
