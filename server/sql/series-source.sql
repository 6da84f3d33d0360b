-- Whom a history is asked of: the school, its device and the metric, each null where there is no such thing.
select school.id as school, device.id as device, metric.id as metric, metric.unit
from (select 1) one
left join school on school.code = $1::text
left join device on device.school_id = school.id and device.code = $2::text
left join metric on metric.code = $3::text
