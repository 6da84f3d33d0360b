-- The largest mean of a slot between $2 and $3: depth in the yard, and alarm level of the linked station, by school.
with in_service as (
  select device.id, device.school_id, device.kind, device.river_station
  from device
  join school on school.id = device.school_id
    and school.valid_from <= $1::date and (school.valid_to is null or school.valid_to >= $1::date)
  where device.kind in ('yard', 'river')
    and device.valid_from <= $1::date and (device.valid_to is null or device.valid_to >= $1::date)
),
measured as (
  select in_service.*, metric.code as metric, time_bucket(interval '5 minutes', reading.ts) as slot, reading.value
  from in_service
  join reading on reading.device_id = in_service.id
  join metric on metric.id = reading.metric_id
  where reading.ts >= $2::timestamptz and reading.ts < $3::timestamptz
),
yard as (
  select school_id, avg(value) as mean from measured where kind = 'yard' and metric = 'yard_depth' group by id, school_id, slot
),
station as (
  select river_station, avg(value) as mean from measured
  where kind = 'river' and metric = 'river_level' group by river_station, slot
)
select 'yard-water-depth' as indicator, school_id as school, max(mean) as maximum from yard group by 2
union all
select 'flood-alarm-level', school.id, max(
  case
    when station.mean >= river_station.alarm_3 - 1e-6 then 3
    when station.mean >= river_station.alarm_2 - 1e-6 then 2
    when station.mean >= river_station.alarm_1 - 1e-6 then 1
    else 0
  end)
from station
join river_station on river_station.code = station.river_station
join school on school.river_station = river_station.code
  and school.valid_from <= $1::date and (school.valid_to is null or school.valid_to >= $1::date)
group by 2
