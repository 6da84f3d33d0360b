-- What schools said of themselves on a day, and the last they said before it. $1: school ids, null for all.
select school.id as school, (extract(epoch from status.since) * 1000)::float8 as since, status.open, status.reason
from school
cross join lateral (
  (select since, open, reason from school_status
    where school_id = school.id and since < $2::timestamptz order by since desc limit 1)
  union all
  (select since, open, reason from school_status
    where school_id = school.id and since >= $2::timestamptz and since < $3::timestamptz)
) as status
where $1::int[] is null or school.id = any ($1::int[])
order by school.id, status.since
