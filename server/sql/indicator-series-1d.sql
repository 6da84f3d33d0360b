-- The last value of each day of the province.
select distinct on (bucket) bucket as at, case when status <> 'suppressed' then value end as value, status, reporting, expected
from (
  select time_bucket(interval '1 day', at, 'Asia/Ho_Chi_Minh') as bucket, * from indicator_value
  where indicator = $1::text and area_id = $2::int and period = $3::text and at >= $4::timestamptz and at < $5::timestamptz
) kept
order by bucket, kept.at desc
