-- The newest sign of life of every device, and the newest state of the mains. $1: the metric power.
select coalesce(array_to_json(array_agg(device_id)), '[]') as devices,
  coalesce(array_to_json(array_agg((extract(epoch from seen) * 1000)::bigint)), '[]') as seen,
  coalesce(array_to_json(array_agg(power)), '[]') as powers,
  coalesce(array_to_json(array_agg((extract(epoch from power_at) * 1000)::bigint)), '[]') as "powerTimes"
from (
  select device_id, max(ts) as seen, max(value) filter (where metric_id = $1::smallint) as power,
    max(ts) filter (where metric_id = $1::smallint) as power_at
  from reading_latest
  group by device_id
) as latest
