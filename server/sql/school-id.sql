-- The id of a school, also of one that is no more.
select id from school where code = $1::text
