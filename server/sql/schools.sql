-- One page of the schools under an area on a day, by code, and how many fit in all. The name is searched without
-- its marks, as people type it ($5 comes folded the same way).
with recursive below as (
  select id from area where code = $1::text
  union all
  select edge.area_id from area_edge edge join below on edge.parent_id = below.id
  where edge.tree = $2::text and edge.valid_from <= $3::date and (edge.valid_to is null or edge.valid_to >= $3::date)
), fitting as (
  select school.*
  from school join school_area place on place.school_id = school.id and place.tree = $2::text
  where place.area_id in (select id from below)
    and place.valid_from <= $3::date and (place.valid_to is null or place.valid_to >= $3::date)
    and school.valid_from <= $3::date and (school.valid_to is null or school.valid_to >= $3::date)
    and ($4::text is null or school.level = $4::text)
    and ($5::text is null
      or position($5::text in lower(translate(regexp_replace(normalize(school.name, NFD), '[\u0300-\u036f]', '', 'g'), 'đĐ', 'dd'))) > 0
      or position($5::text in lower(school.code)) > 0)
), page as (
  select fitting.code, fitting.name, fitting.level, fitting.terrain, fitting.enrolment, fitting.lat, fitting.lon,
    commune.code as commune, district.code as "formerDistrict", status.open, fitting.simulated
  from fitting
  left join school_status_current status on status.school_id = fitting.id
  left join lateral (
    select area.code from school_area place join area on area.id = place.area_id
    where place.school_id = fitting.id and place.tree = 'administrative' and area.kind = 'commune'
      and place.valid_from <= $3::date and (place.valid_to is null or place.valid_to >= $3::date)
  ) commune on true
  left join lateral (
    select case when area.kind = 'district' then area.code else parent.code end as code
    from school_area place join area on area.id = place.area_id
    left join area_edge edge on edge.tree = place.tree and edge.area_id = area.id
      and edge.valid_from <= $3::date and (edge.valid_to is null or edge.valid_to >= $3::date)
    left join area parent on parent.id = edge.parent_id and parent.kind = 'district'
    where place.school_id = fitting.id and place.tree = 'former-district'
      and place.valid_from <= $3::date and (place.valid_to is null or place.valid_to >= $3::date)
  ) district on true
  where $6::text is null or fitting.code collate "C" > $6::text collate "C"
  order by fitting.code collate "C"
  limit $7::int
)
select (select count(*)::int from fitting) as total,
  coalesce((select jsonb_agg(page order by page.code collate "C") from page), '[]') as schools
