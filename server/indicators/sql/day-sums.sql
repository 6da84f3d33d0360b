-- Stored sums of a day, in parallel arrays: thousands of rows come as one.
select coalesce(array_to_json(array_agg(indicator)), '[]') as indicators,
  coalesce(array_to_json(array_agg(period)), '[]') as periods,
  coalesce(array_to_json(array_agg(school_id)), '[]') as schools,
  coalesce(array_to_json(array_agg(numerator)), '[]') as numerators,
  coalesce(array_to_json(array_agg(denominator)), '[]') as denominators,
  coalesce(array_to_json(array_agg((extract(epoch from updated_at) * 1000)::bigint)), '[]') as "updatedAt"
from indicator_sum
where day = $1::date
