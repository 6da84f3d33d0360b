insert into indicator_value (at, indicator, period, area_id, numerator, denominator, value, status, reporting, expected)
select $1::timestamptz, row.*
from unnest($2::text[], $3::text[], $4::int[], $5::float8[], $6::float8[], $7::float8[], $8::text[], $9::int[], $10::int[]) as row
on conflict do nothing
