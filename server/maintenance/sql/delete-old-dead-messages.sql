-- Dead messages of one kind (waiting or not) that came before a moment, one statement's worth. Their letters go too.
delete from dead_message
where id in (
  select id from dead_message where waiting = $1::boolean and received_at < $2::timestamptz order by received_at limit $3::int
)
