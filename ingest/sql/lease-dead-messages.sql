-- The next dead messages with a letter that fits, by id, at most so many and so many bytes (one at least), with a
-- lease on those that can be carried. Rows without a source cannot: somebody else carries them, or they are not whole.
with fitting as (
  select m.id, sum(m.size) over (order by m.id rows unbounded preceding) - m.size as bytes_before
  from dead_message m
  where m.id > $6::bigint and m.id <= $7::bigint
    and ($4::timestamptz is null or m.received_at >= $4) and ($5::timestamptz is null or m.received_at < $5)
    and (coalesce($1::text, $2::text, $3::text, $8::text) is null or m.id in (
      select l.message_id
      from dead_letter l
      where l.message_id > $6 and l.message_id <= $7 and ($1 is null or l.school_code = $1)
        and ($2 is null or l.reason = $2) and ($3 is null or l.format = $3) and ($8 is null or l.device_name = $8)
    ))
  order by m.id
  limit $9::int
),
page as materialized (
  select id from fitting where bytes_before < $10::bigint
),
free as materialized (
  select m.id
  from dead_message m
  join page on page.id = m.id
  where m.size = length(m.payload) and (m.leased_until is null or m.leased_until <= clock_timestamp())
  order by m.id
  for update of m skip locked
),
leased as (
  update dead_message m
  set leased_until = clock_timestamp() + $11::int * interval '1 second'
  from free
  where m.id = free.id
  returning m.*
)
select page.id, (extract(epoch from leased.received_at) * 1000)::float8 as "receivedAt", leased.source, leased.topic,
  leased.payload, leased.qos, leased.retained, leased.username
from page
left join leased on leased.id = page.id
order by page.id
