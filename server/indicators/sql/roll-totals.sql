-- Rolls of a day by school and session. $2: school ids, null for all. Inconsistent rolls count as taken only.
select school_id as school, session, count(*) as taken,
  coalesce(sum(enrolled) filter (where consistent), 0) as enrolled,
  coalesce(sum(present) filter (where consistent), 0) as present,
  coalesce(sum(late) filter (where consistent), 0) as late,
  coalesce(sum(excused) filter (where consistent), 0) as excused,
  coalesce(sum(unexcused) filter (where consistent), 0) as unexcused,
  (extract(epoch from max(taken_at)) * 1000)::float8 as "newestAt"
from roll_current
where day = $1::date and ($2::int[] is null or school_id = any ($2::int[]))
group by 1, 2
