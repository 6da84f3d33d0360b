-- The last event of each matter since a moment: what people have been told already.
select distinct on (matter, area_id, school_id, indicator, period)
  matter, area_id as area, school_id as school, indicator, period, kind, "to", (extract(epoch from at) * 1000)::float8 as at
from (
  select event.*, params ->> 'indicator' as indicator, params ->> 'period' as period, params ->> 'to' as "to",
    case
      when kind in ('school-closed', 'school-opened') then 'school'
      when kind in ('power-lost', 'power-back') then 'power'
      when kind in ('link-lost', 'link-back') then 'link'
      else kind
    end as matter
  from event
  where at >= $1::timestamptz
) as told
order by matter, area_id, school_id, indicator, period, at desc, id desc
