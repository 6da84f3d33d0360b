-- The latest events in and under an area, as the tree stands on a day, up to a moment.
with recursive below as (
  select id from area where code = $1::text
  union all
  select edge.area_id from area_edge edge join below on edge.parent_id = below.id
  where edge.tree = $2::text and edge.valid_from <= $3::date and (edge.valid_to is null or edge.valid_to >= $3::date)
)
select event.id::text as id, event.at, event.kind, event.severity, area.code as area, area.name_vi as "areaName",
  school.code as school, school.name as "schoolName", event.params, event.simulated
from event
join area on area.id = event.area_id
left join school on school.id = event.school_id
where event.area_id in (select id from below) and event.at <= $4::timestamptz
order by event.at desc, event.id desc
limit $5::int
