-- How many dead messages have a letter that fits, and the newest id of them.
select count(*)::int as messages, coalesce(max(m.id), 0) as newest
from dead_message m
where ($4::timestamptz is null or m.received_at >= $4) and ($5::timestamptz is null or m.received_at < $5)
  and (coalesce($1::text, $2::text, $3::text, $6::text) is null or m.id in (
    select l.message_id
    from dead_letter l
    where ($1 is null or l.school_code = $1) and ($2 is null or l.reason = $2) and ($3 is null or l.format = $3)
      and ($6 is null or l.device_name = $6)
  ))
