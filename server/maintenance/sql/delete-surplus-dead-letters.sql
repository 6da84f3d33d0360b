-- The oldest dead letters beyond the number that is kept, one statement's worth.
delete from dead_letter
where id in (select id from dead_letter order by id desc offset $1 limit $2)
