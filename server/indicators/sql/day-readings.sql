-- Slots of a span added up by device and metric, for a few devices. $4: metric ids; others come as 0.
select device_id as device, case when metric_id = any ($4::smallint[]) then metric_id else 0 end as metric,
  (extract(epoch from time_bucket(interval '5 minutes', ts)) * 1000)::float8 as slot,
  sum(value) as total, count(*) as n
from reading
where device_id = any ($1::int[]) and ts >= $2::timestamptz and ts < $3::timestamptz
group by 1, 2, 3
