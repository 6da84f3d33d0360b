-- Dead messages with a letter that fits, whole and with all their letters, by id: at most so many and so many bytes
-- (one at least).
with fitting as (
  select m.id, sum(length(m.payload)) over (order by m.id rows unbounded preceding) - length(m.payload) as bytes_before
  from dead_message m
  where m.id > $6::bigint
    and ($4::timestamptz is null or m.received_at >= $4) and ($5::timestamptz is null or m.received_at < $5)
    and (coalesce($1::text, $2::text, $3::text) is null or m.id in (
      select l.message_id
      from dead_letter l
      where l.message_id > $6 and ($1 is null or l.school_code = $1) and ($2 is null or l.reason = $2)
        and ($3 is null or l.format = $3)
    ))
  order by m.id
  limit $7::int
)
select m.id::text, m.received_at as "receivedAt", m.source, m.topic, m.qos, m.retained, m.username, m.attempts,
  m.size as bytes, m.size = length(m.payload) as whole, m.letters as "letterCount", m.payload,
  (
    select jsonb_agg(
      jsonb_build_object('reason', l.reason, 'field', l.field, 'value', l.value, 'detail', l.detail,
        'remedy', l.remedy, 'school', l.school_code, 'format', l.format, 'device', l.device_name)
      order by l.id)
    from dead_letter l
    where l.message_id = m.id
  ) as letters
from dead_message m
join fitting on fitting.id = m.id
where fitting.bytes_before < $8::bigint
order by m.id
