-- Continuous aggregates, each built on the finer one, so that a refresh reads little. They keep sums and counts:
-- a mean of any longer span is a ratio of sums.

create materialized view reading_1m
with (timescaledb.continuous, timescaledb.materialized_only = false) as
select time_bucket(interval '1 minute', ts) as bucket, device_id, metric_id,
  sum(value) as total, count(*) as n, min(value) as lowest, max(value) as highest
from reading
group by 1, 2, 3
with no data;

create materialized view reading_5m
with (timescaledb.continuous, timescaledb.materialized_only = false) as
select time_bucket(interval '5 minutes', bucket) as bucket, device_id, metric_id,
  sum(total) as total, sum(n) as n, min(lowest) as lowest, max(highest) as highest
from reading_1m
group by 1, 2, 3
with no data;

create materialized view reading_1h
with (timescaledb.continuous, timescaledb.materialized_only = false) as
select time_bucket(interval '1 hour', bucket) as bucket, device_id, metric_id,
  sum(total) as total, sum(n) as n, min(lowest) as lowest, max(highest) as highest
from reading_5m
group by 1, 2, 3
with no data;

-- Days are days of the province.
create materialized view reading_1d
with (timescaledb.continuous, timescaledb.materialized_only = false) as
select time_bucket(interval '1 day', bucket, 'Asia/Ho_Chi_Minh') as bucket, device_id, metric_id,
  sum(total) as total, sum(n) as n, min(lowest) as lowest, max(highest) as highest
from reading_1h
group by 1, 2, 3
with no data;
