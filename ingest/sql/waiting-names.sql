-- Every device that waits, once: from name to name along the index, however many messages each has.
with recursive named as (
  (
    select reason, format, device_name from dead_letter
    where device_name is not null
    order by reason, format, device_name
    limit 1
  )
  union all
  select further.*
  from named
  cross join lateral (
    select l.reason, l.format, l.device_name from dead_letter l
    where l.device_name is not null
      and (l.reason, l.format, l.device_name) > (named.reason, named.format, named.device_name)
    order by l.reason, l.format, l.device_name
    limit 1
  ) further
)
select reason, format, device_name as name from named
