delete from dead_message where id = any ($1::bigint[])
