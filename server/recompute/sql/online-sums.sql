-- Devices seen in each slot between $2 and $3, and devices in service, by school.
with in_service as (
  select device.id, device.school_id
  from device
  join school on school.id = device.school_id
    and school.valid_from <= $1::date and (school.valid_to is null or school.valid_to >= $1::date)
  where device.valid_from <= $1::date and (device.valid_to is null or device.valid_to >= $1::date)
),
seen as (
  select device_id, count(distinct time_bucket(interval '5 minutes', ts)) as slots
  from reading where ts >= $2::timestamptz and ts < $3::timestamptz
  group by 1
)
select in_service.school_id as school, coalesce(sum(seen.slots), 0) as seen,
  count(*) * (extract(epoch from $3::timestamptz - $2::timestamptz) / 300)::int as expected
from in_service left join seen on seen.device_id = in_service.id
group by 1
