-- Dead messages that are carried again, locked against another retry of the same; those already dealt with are missing.
select id from dead_message where id = any ($1::bigint[]) order by id for update
