-- Waiting messages beyond so many, or so many bytes, that are kept. Each device's newest is its first, and what is
-- first, second, third … of its device is kept in this order: what goes is the oldest of the devices with the most.
select id
from (
  select id, nth, row_number() over kept_first as place, sum(bytes) over kept_first as bytes
  from (
    select m.id, least(m.size, 1048576) as bytes,
      row_number() over (partition by named.reason, named.format, named.device_name order by m.id desc) as nth
    from dead_message m
    left join (
      select distinct on (message_id) message_id, reason, format, device_name
      from dead_letter
      where device_name is not null
      order by message_id, id
    ) named on named.message_id = m.id
    where m.waiting
  ) ranked
  window kept_first as (order by nth, id desc rows unbounded preceding)
) counted
where place > $1::bigint or bytes > $2::bigint
order by nth desc, id
limit $3::int
