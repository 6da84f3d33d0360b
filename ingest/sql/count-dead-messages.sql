-- How many dead messages have a letter that fits.
select count(distinct l.message_id)::int as messages
from dead_letter l
join dead_message m on m.id = l.message_id
where ($1::text is null or l.school_code = $1) and ($2::text is null or l.reason = $2)
  and ($3::text is null or l.format = $3)
  and ($4::timestamptz is null or m.received_at >= $4) and ($5::timestamptz is null or m.received_at < $5)
