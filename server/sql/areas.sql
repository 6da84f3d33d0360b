-- Areas of a tree as it stood on a day, from the top down, each with the number of schools in and under it.
with recursive edge as (
  select area_id, parent_id from area_edge
  where tree = $1::text and valid_from <= $2::date and (valid_to is null or valid_to >= $2::date)
), member as (
  select area_id as id from edge union select parent_id from edge
), line as (
  select school.id as school_id, place.area_id
  from school join school_area place on place.school_id = school.id and place.tree = $1::text
  where school.valid_from <= $2::date and (school.valid_to is null or school.valid_to >= $2::date)
    and place.valid_from <= $2::date and (place.valid_to is null or place.valid_to >= $2::date)
  union all
  select line.school_id, edge.parent_id from line join edge on edge.area_id = line.area_id
), counted as (
  select area_id, count(*)::int as schools from line group by area_id
)
select area.code, area.kind, area.name_vi as "nameVi", area.full_name_vi as "fullNameVi", area.name_en as "nameEn",
  parent.code as parent, area.terrain, area.lat, area.lon, area.tile_row as "tileRow", area.tile_col as "tileCol",
  area.valid_from as "validFrom", area.valid_to as "validTo", coalesce(counted.schools, 0) as schools
from member join area on area.id = member.id
left join edge on edge.area_id = area.id
left join area parent on parent.id = edge.parent_id
left join counted on counted.area_id = area.id
order by length(area.code), area.code
