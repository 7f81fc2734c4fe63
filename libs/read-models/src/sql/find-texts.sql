select id, content from {schema}.texts where content = any ($1::text[])
