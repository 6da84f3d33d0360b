-- Refused records by school and reason, most first, and how many there are in all.
with counted as (
  select l.school_code as school, l.reason, count(*) as letters, count(distinct l.message_id) as messages,
    max(m.received_at) as newest
  from dead_letter l
  join dead_message m on m.id = l.message_id
  where ($1::text is null or l.school_code = $1) and ($2::text is null or l.reason = $2)
    and ($3::text is null or l.format = $3)
    and ($4::timestamptz is null or m.received_at >= $4) and ($5::timestamptz is null or m.received_at < $5)
  group by l.school_code, l.reason
)
select school, reason, letters, messages, newest, sum(letters) over () as total
from counted
order by letters desc, school, reason
limit $6::int
