-- The next dead messages with a letter that fits, by id, at most so many and so many bytes (one at least), with a
-- lease on those that can be carried. Rows without a source cannot: somebody else carries them, or they are not whole.
-- Letters are read in the order of their messages, which every index of theirs has: a page is found without the rest.
with fitting as (
  select distinct on (l.message_id) l.message_id as id, m.size
  from dead_letter l
  join dead_message m on m.id = l.message_id
  where l.message_id > $6::bigint and l.message_id <= $7::bigint
    and ($1::text is null or l.school_code = $1) and ($2::text is null or l.reason = $2)
    and ($3::text is null or l.format = $3) and ($8::text is null or l.device_name = $8)
    and ($4::timestamptz is null or m.received_at >= $4) and ($5::timestamptz is null or m.received_at < $5)
  order by l.message_id
  limit $9::int
),
page as materialized (
  select id
  from (select id, sum(size) over (order by id rows unbounded preceding) - size as bytes_before from fitting) counted
  where bytes_before < $10::bigint
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
