-- The newest reading of every device and metric of a school.
select device.code as device, device.room, metric.code as metric, metric.unit, latest.value, latest.ts as at,
  (latest.quality & 1) = 1 as "arrivalTime", device.interval_s as "intervalSeconds", device.simulated
from device
join reading_latest latest on latest.device_id = device.id
join metric on metric.id = latest.metric_id
where device.school_id = $1::int
order by device.code, metric.code
