-- The id of an area, also of one that is no more.
select id from area where code = $1::text
