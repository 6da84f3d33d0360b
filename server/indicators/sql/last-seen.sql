-- The newest sign of life of every device, and the newest state of the mains. $1: the metric power.
select coalesce(array_to_json(array_agg(device_id)), '[]') as devices,
  coalesce(array_to_json(array_agg((extract(epoch from seen) * 1000)::bigint)), '[]') as seen,
  coalesce(array_to_json(array_agg(power)), '[]') as powers,
  coalesce(array_to_json(array_agg((extract(epoch from power_at) * 1000)::bigint)), '[]') as "powerTimes"
from (
  select seen.device_id, seen.ts as seen, power.value as power, power.ts as power_at
  from device_seen seen
  left join reading_latest power on power.device_id = seen.device_id and power.metric_id = $1::smallint
) as latest
