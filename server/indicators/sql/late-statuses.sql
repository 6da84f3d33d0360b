-- Schools that lately said something of days before this one: since when, and whether they were ever closed then.
select school_id as school, (extract(epoch from min(since) filter (where received_at >= $3::timestamptz)) * 1000)::float8 as since,
  bool_or(not open) as closed
from school_status
where school_id = any ($1::int[]) and since >= $2::timestamptz - interval '31 days' and since < $2::timestamptz
group by 1
having bool_or(received_at >= $3::timestamptz)
