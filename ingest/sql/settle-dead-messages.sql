-- Carried again, and nothing of them was refused.
delete from dead_message where id = any ($1::bigint[])
