-- The history of an indicator of an area as it was kept.
select at, case when status <> 'suppressed' then value end as value, status, reporting, expected
from indicator_value
where indicator = $1::text and area_id = $2::int and period = $3::text and at >= $4::timestamptz and at < $5::timestamptz
order by at
