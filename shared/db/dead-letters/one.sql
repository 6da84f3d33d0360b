-- One dead message with its payload and the first of its letters.
select m.id::text, m.received_at as "receivedAt", m.source, m.topic, m.qos, m.retained, m.username, m.attempts,
  m.size as bytes, m.size = length(m.payload) as whole, m.letters as "letterCount", m.payload,
  (
    select coalesce(jsonb_agg(to_jsonb(first) - 'id' order by id), '[]')
    from (
      select l.id, l.reason, l.field, l.value, l.detail, l.remedy, l.school_code as school, l.format, l.device_name as device
      from dead_letter l
      where l.message_id = m.id
      order by l.id
      limit $2::int
    ) first
  ) as letters
from dead_message m
where m.id = $1::bigint
