-- Minutes of lessons with mains and with a link, by school, over some lesson slots between $4 and $5.
with gateway as (
  select id, school_id from device
  where kind = 'gateway' and valid_from <= $1::date and (valid_to is null or valid_to >= $1::date)
),
cell as (
  select reading.device_id, time_bucket(interval '5 minutes', reading.ts) as slot,
    avg(reading.value) filter (where metric.code = 'power') as power
  from reading join metric on metric.id = reading.metric_id
  where reading.device_id in (select id from gateway)
    and reading.ts >= $4::timestamptz and reading.ts < $5::timestamptz
  group by 1, 2
),
lesson as (
  select * from unnest($2::int[], $3::timestamptz[]) as lesson (school_id, slot)
)
select lesson.school_id as school, coalesce(sum(5 * cell.power), 0) as powered, 5 * count(cell.power) as "powerMeasured",
  5 * count(cell.device_id) as linked, 5 * count(*) as expected
from lesson
join gateway on gateway.school_id = lesson.school_id
left join cell on cell.device_id = gateway.id and cell.slot = lesson.slot
group by 1
