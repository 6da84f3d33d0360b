-- Rows as they came, oldest first.
select ts as at, value, value as lowest, value as highest, 1 as count
from reading
where device_id = $1::int and metric_id = $2::smallint and ts >= $3::timestamptz and ts < $4::timestamptz
order by ts limit $5::int
