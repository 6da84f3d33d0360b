-- The oldest refused messages beyond so many letters or bytes that are kept, one statement's worth.
delete from dead_message
where id in (
  select id
  from (
    select id, sum(letters) over newest_first as letters, sum(least(size, 1048576)) over newest_first as bytes
    from dead_message
    where not waiting
    window newest_first as (order by id desc rows unbounded preceding)
  ) counted
  where letters > $1::bigint or bytes > $2::bigint
  order by id
  limit $3::int
)
