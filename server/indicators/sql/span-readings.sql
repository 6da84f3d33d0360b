-- Slots of a span added up by device and metric, and what this statement saw. Metrics no indicator uses come as 0:
-- they are signs of life only. $3: metric ids. $4: device ids, null for all. Arrays, because rows would be many.
select pg_current_snapshot()::text as snapshot,
  coalesce(array_to_json(array_agg(slot)), '[]') as slots,
  coalesce(array_to_json(array_agg(device_id)), '[]') as devices,
  coalesce(array_to_json(array_agg(metric)), '[]') as metrics,
  coalesce(array_to_json(array_agg(total)), '[]') as totals,
  coalesce(array_to_json(array_agg(n)), '[]') as counts
from (
  select device_id, case when metric_id = any ($3::smallint[]) then metric_id else 0 end as metric,
    (extract(epoch from time_bucket(interval '5 minutes', ts)) * 1000)::bigint as slot,
    sum(value) as total, count(*) as n
  from reading
  where ts >= $1::timestamptz and ts < $2::timestamptz and ($4::int[] is null or device_id = any ($4::int[]))
  group by 1, 2, 3
) as cell
