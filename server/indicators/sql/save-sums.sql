insert into indicator_sum (day, indicator, period, school_id, numerator, denominator, updated_at)
select row.*, $7::timestamptz
from unnest($1::date[], $2::text[], $3::text[], $4::int[], $5::float8[], $6::float8[]) as row
on conflict (indicator, day, period, school_id) do update
set numerator = excluded.numerator, denominator = excluded.denominator, updated_at = excluded.updated_at
