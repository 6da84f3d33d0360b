-- Buckets of five minutes that begin within the span; the mean is a ratio of sums.
select bucket as at, total / n as value, lowest, highest, n::int as count
from reading_5m
where device_id = $1::int and metric_id = $2::smallint and bucket >= $3::timestamptz and bucket < $4::timestamptz
order by bucket limit $5::int
