-- Dead messages with a letter that fits, newest first, each with the first of those letters.
select m.id::text, m.received_at as "receivedAt", m.source, m.topic, m.qos, m.retained, m.username, m.attempts,
  m.size as bytes, m.size = length(m.payload) as whole, m.letters as "letterCount",
  (
    select coalesce(jsonb_agg(to_jsonb(fitting) - 'id' order by id), '[]')
    from (
      select l.id, l.reason, l.field, l.value, l.detail, l.remedy, l.school_code as school, l.format, l.device_name as device
      from dead_letter l
      where l.message_id = m.id and ($1::text is null or l.school_code = $1) and ($2::text is null or l.reason = $2)
        and ($3::text is null or l.format = $3)
      order by l.id
      limit $8::int
    ) fitting
  ) as letters
from dead_message m
where ($6::bigint is null or m.id < $6)
  and ($4::timestamptz is null or m.received_at >= $4) and ($5::timestamptz is null or m.received_at < $5)
  and (coalesce($1, $2, $3) is null or m.id in (
    select l.message_id
    from dead_letter l
    where ($1 is null or l.school_code = $1) and ($2 is null or l.reason = $2) and ($3 is null or l.format = $3)
  ))
order by m.id desc
limit $7::int
